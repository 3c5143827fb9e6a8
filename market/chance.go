package market

// Chance is a change of a listing that its owner could make, and how many more
// listings of the other side would then fit, among those that come near now.
type Chance struct {
	Term  TermName // certificate, quantity, moq or lead
	Value string   // what it would have to say: "ISO 9001", "300 吨"
	Gain  int
}
