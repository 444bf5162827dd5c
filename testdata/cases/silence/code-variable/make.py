row = {
    "UploadDate": upload_date,
    "Expiration": "2036-05-02T12:00:00Z",
}
