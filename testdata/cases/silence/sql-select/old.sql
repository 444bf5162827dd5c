select name, upload_date from files where upload_date < '2014-04-01' order by name;
