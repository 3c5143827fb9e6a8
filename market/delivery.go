package market

import "time"

// Channel is a way out of the house.
type Channel string

const (
	ByMail  Channel = "mail"
	ByPhone Channel = "phone" // SMS or WeChat, through a gateway of the operator's
)

// DeliveryState is where a delivery is.
type DeliveryState string

const (
	Queued  DeliveryState = "queued"
	Sent    DeliveryState = "sent"
	Failed  DeliveryState = "failed"  // given up
	Dropped DeliveryState = "dropped" // nothing to say any more, or nobody to say it to
)

// Delivery is one message on its way to one person. The log keeps no address
// and no text.
type Delivery struct {
	ID           string
	UserID       string
	EnterpriseID string
	Channel      Channel
	Topic        Topic  // empty: a digest
	NoticeID     string // empty: a digest, the confirmation of an address, or a reset link
	Day          string // of a digest, 2006-01-02; else what it is, confirm or reset, and a number
	State        DeliveryState
	Tries        int
	NextAt       time.Time
	Reason       string // of the last failure
	CreatedAt    time.Time
	SentAt       time.Time
}

// deliveryWaits is how long a failed delivery rests before the next try.
var deliveryWaits = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 12 * time.Hour}

// Tried is the delivery after a try at now: sent, to be tried again, or given up.
func (d Delivery) Tried(reason string, now time.Time) Delivery {
	d.Tries++
	d.Reason = reason
	switch {
	case reason == "":
		d.State, d.SentAt = Sent, now
	case d.Tries > len(deliveryWaits):
		d.State = Failed
	default:
		d.NextAt = now.Add(deliveryWaits[d.Tries-1])
	}
	return d
}
