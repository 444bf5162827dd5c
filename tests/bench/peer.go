// SPDX-License-Identifier: MIT
// What a Go program would be that does prebleed's work on a tar.gz of get-server-certificate
// answers, with the standard library alone. One line a certificate.
package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
)

type answer struct {
	ServerCertificate *struct {
		ServerCertificateMetadata struct{ ServerCertificateId, UploadDate string }
		CertificateBody           string
		CertificateChain          string
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func main() {
	file, err := os.Open(os.Args[1])
	check(err)
	unpacked, err := gzip.NewReader(bufio.NewReaderSize(file, 1<<17))
	check(err)
	archive := tar.NewReader(unpacked)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	known := map[string]*x509.Certificate{}
	for {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		check(err)
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(archive)
		check(err)
		sha256.Sum256(content)
		var a answer
		check(json.Unmarshal(content, &a))
		if a.ServerCertificate == nil {
			continue
		}
		block, _ := pem.Decode([]byte(a.ServerCertificate.CertificateBody))
		leaf, err := x509.ParseCertificate(block.Bytes)
		check(err)
		for rest := []byte(a.ServerCertificate.CertificateChain); ; {
			block, rest = pem.Decode(rest)
			if block == nil {
				break
			}
			if known[string(block.Bytes)] == nil {
				known[string(block.Bytes)], err = x509.ParseCertificate(block.Bytes)
				check(err)
			}
		}
		verdict := "clear"
		if a.ServerCertificate.ServerCertificateMetadata.UploadDate < "2014-04-01T00:00:00Z" {
			verdict = "vulnerable"
		}
		spki := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
		fmt.Fprintf(output, "%s\t%s\t%s\t%s\t%d\t%s\n",
			a.ServerCertificate.ServerCertificateMetadata.ServerCertificateId, verdict,
			leaf.Issuer.String(), leaf.NotAfter.UTC().Format("2006-01-02T15:04:05Z"),
			leaf.PublicKey.(*rsa.PublicKey).N.BitLen(), hex.EncodeToString(spki[:]))
	}
}
