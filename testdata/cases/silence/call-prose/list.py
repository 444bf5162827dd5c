except ClientError as e:
    print('list_server_certificates failed', e)
