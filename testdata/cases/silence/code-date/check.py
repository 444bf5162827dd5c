upload_date = datetime.datetime(2014, 4, 1)  # cutoff
