package schedule

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// solve looks for a model that contains the assumptions, while it propagates at
// most so many literals. After sat the model is read with holds, after unsat core names the
// assumptions that cannot hold together. After stopped the same question goes on
// where it was: a search that is patient needs more than a round.
func (s *satSolver) solve(ctx context.Context, budget int64, assumptions ...lit) answer {
	again := s.under && slices.Equal(assumptions, s.asked)
	s.under, s.asked = false, append(s.asked[:0], assumptions...)
	s.core, s.assumed = s.core[:0], int32(len(assumptions))
	for last := s.props + budget; !s.broken; again = false {
		if ctx.Err() != nil || s.props >= last {
			s.under = true
			return stopped
		}
		if !again {
			s.undo(0)
			s.housekeeping(last)
			if s.broken {
				break
			}
			s.pace.begin(s.conflicts)
		}
		if a := s.search(ctx, last, assumptions); a != stopped {
			return a
		}
	}
	return unsat
}

// housekeeping is what is done between restarts: forget, probe, switch modes.
func (s *satSolver) housekeeping(last int64) {
	if s.conflicts >= s.nextProbe && s.probeLeft <= 0 {
		s.probes++
		s.probeLeft, s.probeQuiet = s.probeEffort, 0
		s.nextProbe = s.conflicts + 3000*s.probes
	}
	if s.probeLeft > 0 {
		before := s.props
		if s.probe(min(s.probeLeft, last-s.props)) {
			s.probeLeft = 0
		}
		s.probeLeft -= s.props - before
	}
	if s.conflicts >= s.nextReduce {
		s.reduce()
		s.reduces++
		s.nextReduce = s.conflicts + 1000 + 200*s.reduces
	}
	if s.pace.turn(s.conflicts) {
		s.target, s.best = s.target[:0], 0
	}
	s.simplify()
}

// pace decides when to restart. It alternates between two tempers: nervous,
// which restarts whenever the clauses learnt of late are worse than usual and
// is good at proofs, and patient, which stays with the plan at hand and is good
// at finding models (as in CaDiCaL, Biere 2018).
type pace struct {
	patient    bool
	calm       bool // patient all the time
	switchAt   int64
	turns      int64
	fast, slow float64 // moving averages of glue
	since      int64   // conflicts when the last restart happened
	round      int64   // restarts in patient mode, for the Luby sequence
}

func (p *pace) begin(conflicts int64) { p.since = conflicts; p.round++ }

func (p *pace) learnt(glue int32) {
	p.fast += (float64(glue) - p.fast) / 32
	p.slow += (float64(glue) - p.slow) / 4096
}

func (p *pace) restart(conflicts int64) bool {
	if p.patient {
		return conflicts-p.since >= 512*luby(p.round)
	}
	return conflicts-p.since >= 4 && p.fast > 1.1*p.slow
}

// turn switches the temper when its time is up.
func (p *pace) turn(conflicts int64) bool {
	if conflicts < p.switchAt {
		return false
	}
	if p.calm {
		p.patient = true
	} else if p.turns > 0 {
		p.patient = !p.patient
	}
	p.turns++
	p.switchAt = conflicts + 1000*p.turns
	p.round = 0
	return true
}

// search runs until an answer, a restart, or the end of what is allowed.
func (s *satSolver) search(ctx context.Context, last int64, assumptions []lit) answer {
	for {
		if confl := s.propagate(); confl != none {
			s.conflicts++
			if len(s.limits) == 0 {
				s.broken = true
				return unsat
			}
			s.learn(confl)
			if s.conflicts&255 == 0 && ctx.Err() != nil {
				return stopped
			}
			continue
		}
		if s.props >= last || s.conflicts >= min(s.nextReduce, s.nextProbe) {
			return stopped
		}
		if s.pace.restart(s.conflicts) { // the assumptions stay: setting them again is dear
			if s.conflicts >= s.pace.switchAt {
				return stopped
			}
			s.undo(len(assumptions))
			s.pace.begin(s.conflicts)
		}
		next, a := s.assume(assumptions)
		if a == unsat {
			return unsat
		}
		if next < 0 {
			if next = s.decide(); next < 0 {
				return sat
			}
		}
		s.limits = append(s.limits, len(s.trail))
		s.assign(next, none)
	}
}

// assume returns the next assumption that is still open, or -1.
func (s *satSolver) assume(assumptions []lit) (lit, answer) {
	for len(s.limits) < len(assumptions) {
		l := assumptions[len(s.limits)]
		switch s.value[l] {
		case yes: // an empty level keeps levels and assumptions in step
			s.limits = append(s.limits, len(s.trail))
		case no:
			s.explain(l)
			return -1, unsat
		default:
			return l, stopped
		}
	}
	return -1, stopped
}

// explain fills core with the assumptions that make l false, and l itself.
func (s *satSolver) explain(l lit) {
	s.core = append(s.core[:0], l)
	if s.level[l.variable()] == 0 {
		return
	}
	s.seen[l.variable()] = true
	for i := len(s.trail) - 1; i >= s.limits[0]; i-- {
		v := s.trail[i].variable()
		if !s.seen[v] {
			continue
		}
		s.seen[v] = false
		if s.reason[v] == none {
			if s.trail[i] != l {
				s.core = append(s.core, s.trail[i])
			}
			continue
		}
		for _, q := range s.lits(s.reason[v]) {
			if s.level[q.variable()] > 0 {
				s.seen[q.variable()] = true
			}
		}
		s.seen[v] = false
	}
	s.seen[l.variable()] = false
}

func (s *satSolver) learn(confl ref) {
	if s.pace.patient {
		s.aim()
	}
	lits, back := s.analyze(confl)
	glue := s.glueOf(lits)
	s.undo(back)
	if len(lits) == 1 {
		s.assign(lits[0], none)
	} else {
		c := s.store(lits, markLearnt|lit(glue)<<glueShift)
		s.arena[c+2] = lit(math.Float32bits(s.claBump))
		s.learnts = append(s.learnts, c)
		s.assign(lits[0], c)
	}
	s.pace.learnt(glue)
	if s.pace.patient {
		s.bump /= 0.95
	} else {
		s.bump /= 0.85
	}
	s.claBump /= 0.999
}

func (s *satSolver) decide() lit {
	for {
		v := s.order.pop(s.activity)
		if v < 0 {
			return -1
		}
		if s.value[pos(v)] == unset {
			phase := s.phase[v]
			if s.pace.patient && v < len(s.target) && s.target[v] != unset {
				phase = s.target[v] == yes
			}
			if phase {
				return pos(v)
			}
			return pos(v).not()
		}
	}
}

// aim keeps the longest trail that was free of conflicts as the phases to try
// first; called at a conflict, whose own level is left out.
func (s *satSolver) aim() {
	free := s.limits[len(s.limits)-1]
	if free <= s.best {
		return
	}
	s.best = free
	for len(s.target) < len(s.level) {
		s.target = append(s.target, unset)
	}
	for _, l := range s.trail[:free] {
		s.target[l.variable()] = s.value[pos(l.variable())]
	}
}

// reduce forgets the less useful half of the learnt clauses; at level 0.
func (s *satSolver) reduce() {
	slices.SortStableFunc(s.learnts, func(a, b ref) int {
		if c := cmp.Compare(s.glue(a), s.glue(b)); c != 0 {
			return c
		}
		return cmp.Compare(math.Float32frombits(uint32(s.arena[b+2])), math.Float32frombits(uint32(s.arena[a+2])))
	})
	half := len(s.learnts) / 2
	kept := s.learnts[:half]
	for _, c := range s.learnts[half:] {
		if glue := s.glue(c); glue <= 2 || glue <= 6 && s.arena[c+1]&markUsed != 0 {
			kept = append(kept, c)
		} else {
			s.arena[c+1] |= markGone
		}
	}
	s.learnts = kept
	for _, c := range kept {
		s.arena[c+1] &^= markUsed
	}
	s.fixed = -1 // the watches must be swept
}

// holds reads the model found.
func (s *satSolver) holds(v int) bool { return s.value[pos(v)] == yes }

// luby is the restart sequence 1 1 2 1 1 2 4 … (Luby, Sinclair, Zuckerman 1993).
func luby(i int64) int64 {
	for {
		k := int64(1)
		for k < i+1 {
			k *= 2
		}
		if k == i+1 {
			return k / 2
		}
		i -= k/2 - 1
	}
}

// varHeap keeps the open variables, the most active on top; ties by number.
type varHeap struct {
	heap []int32
	at   []int32 // by variable: place in the heap, -1 when absent
}

func (h *varHeap) add(v int, act []float64) {
	for len(h.at) <= v {
		h.at = append(h.at, -1)
	}
	if h.at[v] >= 0 {
		return
	}
	h.at[v] = int32(len(h.heap))
	h.heap = append(h.heap, int32(v))
	h.up(v, act)
}

func (h *varHeap) up(v int, act []float64) {
	i := h.at[v]
	if i < 0 {
		return
	}
	for i > 0 {
		p := (i - 1) / 2
		if act[h.heap[p]] >= act[v] {
			break
		}
		h.heap[i] = h.heap[p]
		h.at[h.heap[i]] = i
		i = p
	}
	h.heap[i] = int32(v)
	h.at[v] = i
}

func (h *varHeap) pop(act []float64) int {
	if len(h.heap) == 0 {
		return -1
	}
	top := h.heap[0]
	last := h.heap[len(h.heap)-1]
	h.heap = h.heap[:len(h.heap)-1]
	h.at[top] = -1
	if len(h.heap) == 0 {
		return int(top)
	}
	i := int32(0)
	for {
		c := 2*i + 1
		if int(c) >= len(h.heap) {
			break
		}
		if int(c+1) < len(h.heap) && act[h.heap[c+1]] > act[h.heap[c]] {
			c++
		}
		if act[h.heap[c]] <= act[last] {
			break
		}
		h.heap[i] = h.heap[c]
		h.at[h.heap[i]] = i
		i = c
	}
	h.heap[i] = last
	h.at[last] = i
	return int(top)
}
