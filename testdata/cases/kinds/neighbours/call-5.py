def f():
    try:
        return iam.list_server_certificates()
    except Exception as e:
        raise SystemExit(e)
