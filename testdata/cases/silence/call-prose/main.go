if err != nil {
	return fmt.Errorf("ListServerCertificates failed: %w", err)
}
