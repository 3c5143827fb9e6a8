package market

import (
	"archive/zip"
	"bytes"
	"path"
	"strings"
	"time"
	"unicode"
)

// Message is what a person of one firm wrote to the other firm of an
// introduction whose contacts are open. It is never changed.
type Message struct {
	ID             string
	IntroductionID string
	EnterpriseID   string // of the writer
	UserID         string
	Text           string // may be empty beside a file
	AttachmentID   string // empty: none
	At             time.Time
}

// Check reports what is wrong with a message without a file.
func (m Message) Check() error {
	if err := needText("text", m.Text, 1, MessageMost); err != nil {
		return err
	}
	return nil
}

const (
	MessageMost         = 1000                 // characters of a message
	AttachmentMost      = 10 << 20             // bytes of a file
	AttachmentsMost     = 50                   // files that one firm may send in one thread, or for one need
	AttachmentLife      = 730 * 24 * time.Hour // until the contents of a file are removed
	attachmentNameRunes = 80
)

// FileType is what a file is by its first bytes, whatever its name says.
type FileType string

const (
	PDF  FileType = "pdf"
	PNG  FileType = "png"
	JPEG FileType = "jpg"
	DXF  FileType = "dxf"
	DWG  FileType = "dwg"
	STEP FileType = "step"
	XLSX FileType = "xlsx"
	DOCX FileType = "docx"
)

// Stamped reports whether a copy can carry the name of who received it.
func (f FileType) Stamped() bool { return f == PDF || f == PNG || f == JPEG }

// SniffFile tells the type of a file, or "" for one that is not taken.
func SniffFile(raw []byte) FileType {
	head := bytes.TrimPrefix(raw[:min(len(raw), 1024)], []byte("\ufeff"))
	lines := bytes.Fields(head)
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return PDF
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(head, []byte("AC10")) && len(head) > 6:
		return DWG
	case bytes.HasPrefix(bytes.TrimSpace(head), []byte("ISO-10303-21;")):
		return STEP
	case bytes.HasPrefix(head, []byte("AutoCAD Binary DXF")):
		return DXF
	case len(lines) > 1 && (string(lines[0]) == "0" && string(lines[1]) == "SECTION" || string(lines[0]) == "999"):
		return DXF
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return sniffOffice(raw)
	}
	return ""
}

// sniffOffice tells a workbook or a text of an office program by the names of
// its parts; nothing is unpacked. One that brings programs along is not taken.
func sniffOffice(raw []byte) (kind FileType) {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return ""
	}
	for _, part := range z.File {
		switch name := strings.ToLower(part.Name); {
		case strings.HasSuffix(name, "vbaproject.bin"):
			return ""
		case name == "xl/workbook.xml":
			kind = XLSX
		case name == "word/document.xml":
			kind = DOCX
		}
	}
	return kind
}

// Attachment is a file that one firm sent to the other of an introduction, in
// their thread or with its quote on a need of the other's.
type Attachment struct {
	ID             string
	IntroductionID string
	NeedID         string    // it goes with the firm's quote on this need; empty: in the thread
	QuotedAt       time.Time // when the quote was sent with it; zero: it was not yet, and only the firm sees it
	EnterpriseID   string    // of the sender
	UserID         string
	Name           string // ends in the extension of Type
	Type           FileType
	Size           int64  // bytes as sent
	Bytes          []byte // empty where only the record is asked for
	At             time.Time
	RemovedAt      time.Time // when the contents were removed, at their end or by the firm; zero: they are there
}

// Download says who fetched a file.
type Download struct {
	AttachmentID string
	Name         string // of the file; filled where many files are told of
	EnterpriseID string
	UserID       string
	At           time.Time
}

// FileName makes a harmless name of what a browser sent: no folders, no signs
// that break a header or hide an extension, and the extension of the type.
func FileName(sent string, kind FileType) string {
	name := path.Base(strings.ReplaceAll(sent, `\`, "/"))
	name = strings.TrimSuffix(name, path.Ext(name))
	name = strings.Map(func(r rune) rune {
		if hidden(r) || r == unicode.ReplacementChar || strings.ContainsRune("\t\r\n\"<>:|?*;%", r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	if letters := []rune(name); len(letters) > attachmentNameRunes {
		name = string(letters[:attachmentNameRunes])
	}
	if name == "" {
		name = "file"
	}
	return name + "." + string(kind)
}
