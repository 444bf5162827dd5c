PS> Get-IAMServerCertificateList
PS> Get-IAMUserList
