package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
)

// Message is what one person is told.
type Message struct {
	ID      string // the same when it is sent again
	To      string // mail address or telephone number
	Lang    string
	Subject string
	Text    string
	Quiet   string // link that ends all such messages; empty: none
}

// Sender is a way out of the house. An error means that the message has not
// gone; it is then sent again later.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Log is the Sender of an installation without any: it writes down that a
// message would have gone, neither to whom nor what it says, and refuses it for
// good.
type Log struct{ Log *slog.Logger }

var errNoServer = errors.New("no server is set")

// Send implements Sender.
func (l Log) Send(_ context.Context, m Message) error {
	l.Log.Info("mail not sent: no server is set", "id", m.ID)
	return errNoServer
}

// sendPatience is how long one message may take.
const sendPatience = 30 * time.Second

// SMTP sends mails through a server.
type SMTP struct {
	from   string
	client *mail.Client
}

// NewSMTP reads where the server is: smtp://user:password@host:587 (with
// STARTTLS), smtps://…:465 (TLS from the start) or smtp+plain://… (nothing is
// encrypted: only for a server on the same machine). from is the sender's address.
func NewSMTP(server, from string) (*SMTP, error) {
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("notify.NewSMTP: want smtp://user:password@host:port")
	}
	options := []mail.Option{mail.WithTimeout(sendPatience)}
	port := 0
	switch u.Scheme {
	case "smtp":
		port, options = 587, append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case "smtps":
		port, options = 465, append(options, mail.WithSSL())
	case "smtp+plain":
		port, options = 25, append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		return nil, fmt.Errorf("notify.NewSMTP: %q is none of smtp, smtps, smtp+plain", u.Scheme)
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fmt.Errorf("notify.NewSMTP: port: %w", err)
		}
	}
	options = append(options, mail.WithPort(port))
	if password, ok := u.User.Password(); ok {
		if u.Scheme == "smtp+plain" {
			return nil, fmt.Errorf("notify.NewSMTP: a password would go over the wire as it is")
		}
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	client, err := mail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("notify.NewSMTP: %w", err)
	}
	if err := mail.NewMsg().From(from); err != nil {
		return nil, fmt.Errorf("notify.NewSMTP: sender %q: %w", from, err)
	}
	return &SMTP{from, client}, nil
}

// Send implements Sender.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	msg := mail.NewMsg()
	if err := msg.From(s.from); err != nil {
		return fmt.Errorf("notify.SMTP: from: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return fmt.Errorf("notify.SMTP: to: %w", err)
	}
	msg.SetMessageIDWithValue(m.ID + "@lianqiao")
	msg.SetDate()
	msg.Subject(m.Subject)
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.Quiet != "" {
		msg.SetGenHeader(mail.HeaderListUnsubscribe, "<"+m.Quiet+">")
		msg.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	ctx, cancel := context.WithTimeout(ctx, sendPatience)
	defer cancel()
	if err := s.client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("notify.SMTP: %w", err)
	}
	return nil
}

// Webhook hands messages to a gateway for SMS or WeChat: a POST of JSON with
// id, to, lang, subject and text. X-Lianqiao-Signature is, in hexadecimal, the
// HMAC-SHA256 of X-Lianqiao-Time (Unix seconds), a point and the body.
type Webhook struct {
	URL    string
	Secret []byte
	Client *http.Client // nil: one that waits half a minute
}

type webhookBody struct {
	ID      string `json:"id"`
	To      string `json:"to"`
	Lang    string `json:"lang"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// Send implements Sender. Any answer but 2xx is an error.
func (h Webhook) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(webhookBody{m.ID, m.To, m.Lang, m.Subject, m.Text})
	if err != nil {
		return fmt.Errorf("notify.Webhook: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("notify.Webhook: %w", err)
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Lianqiao-Time", at)
	req.Header.Set("X-Lianqiao-Signature", h.sign(at, body))
	client := h.Client
	if client == nil {
		client = &http.Client{Timeout: sendPatience}
	}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("notify.Webhook: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("notify.Webhook: the gateway answered %s", res.Status)
	}
	return nil
}

func (h Webhook) sign(at string, body []byte) string {
	mac := hmac.New(sha256.New, h.Secret)
	mac.Write([]byte(at + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
