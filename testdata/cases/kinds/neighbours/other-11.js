json.UserName = "bob";
