package chain

import "strings"

// partLeads says what products lead to that have a part of their names in common:
// how many of those called 铜 something, or something 合金, are made from 电解铜.
type partLeads struct {
	have map[string][]int32 // products by part of their names
	to   [][]int32          // leads of each
}

// partDoubt is how many products without any lead each part is given besides: a
// part that two names have tells less than one that twenty have.
const partDoubt = 3

// newPartLeads goes through what is known of products; leads are numbered by place. What is
// both loaded and in the table counts twice.
func newPartLeads(place map[string]int32, known ...*neighbourhood) *partLeads {
	l := &partLeads{have: map[string][]int32{}}
	for _, n := range known {
		for _, name := range n.names {
			product := int32(len(l.to))
			for _, p := range nameParts(name) {
				if !strings.HasPrefix(p, wholeName) {
					l.have[p] = append(l.have[p], product)
				}
			}
			var leads []int32
			for _, lead := range n.leads[name] {
				leads = append(leads, place[lead.Word])
			}
			l.to = append(l.to, leads)
		}
	}
	return l
}

// shares tells for each of so many leads the greatest share that it has among the
// products that have one part of the name.
func (l *partLeads) shares(name string, leads int) []float64 {
	out, count := make([]float64, leads), make([]int32, leads)
	var touched []int32
	for _, p := range nameParts(name) {
		for _, product := range l.have[p] {
			for _, lead := range l.to[product] {
				if count[lead] == 0 {
					touched = append(touched, lead)
				}
				count[lead]++
			}
		}
		for _, lead := range touched {
			out[lead] = max(out[lead], float64(count[lead])/float64(len(l.have[p])+partDoubt))
			count[lead] = 0
		}
		touched = touched[:0]
	}
	return out
}
