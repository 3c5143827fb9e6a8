package schedule

import "math"

// lit is a literal: variable v true is 2v, false is 2v+1. Variables count from 0.
type lit int32

func pos(v int) lit         { return lit(2 * v) }
func (l lit) not() lit      { return l ^ 1 }
func (l lit) variable() int { return int(l >> 1) }

// Truth values of a literal.
const (
	unset int8 = iota
	yes
	no
)

// answer is what a search for a model ended with.
type answer int8

const (
	stopped answer = iota // the effort allowed is used up, or the context ended
	sat
	unsat
)

// ref is the place of a clause in the arena: its size, its glue and marks, its
// activity, then its literals. The first two literals are watched.
type ref int32

const (
	none   ref = 0 // no clause
	header ref = 3

	markLearnt lit = 1
	markUsed   lit = 2 // helped since the last reduction
	markGone   lit = 4
	glueShift  lit = 3
)

// watch is one clause to look at when a literal becomes true. Clauses of two
// literals are told by a negative ref: they need not be looked up at all.
type watch struct {
	c     ref
	other lit // when it is true the clause need not be looked at
}

// satSolver is a conflict-driven clause-learning solver (MiniSat's scheme: Eén
// and Sörensson 2003; glue after Audemard and Simon 2009). It is deterministic:
// no clocks, no random numbers, no map iteration.
type satSolver struct {
	arena            []lit
	clauses, learnts []ref
	watches          [][]watch // by literal: clauses to look at when it becomes true
	value            []int8    // by literal
	level            []int32
	reason           []ref
	trail            []lit
	limits           []int // where each decision level begins in the trail
	head             int   // next literal of the trail to propagate

	phase    []bool // by variable: the value to try first
	activity []float64
	bump     float64
	order    varHeap
	claBump  float32

	seen      []bool
	stack     []lit
	levels    []int64 // by decision level: the stamp of the last count of glue
	stamp     int64
	assumed   int32 // levels that hold assumptions: glue does not count them
	asked     []lit // the assumptions of the last question
	under     bool  // it was stopped on the way
	broken    bool  // the clauses contradict each other
	conflicts int64
	props     int64 // literals propagated so far: the measure of effort
	pace      pace
	target    []int8 // by variable: the phase of the best trail, patient mode
	best      int

	nextReduce, reduces int64
	nextProbe, probes   int64
	probeEffort         int64 // literals propagated by one round of probing
	probeLeft           int64 // of the round that is under way
	probeQuiet          int   // variables probed since one last failed
	probeAt             int   // where the next round of probing goes on
	keepPhases          bool  // do not remember values as phases
	fixed               int   // trail length at the last simplification
	core                []lit // after unsat under assumptions: the assumptions that clash
}

func newSAT() *satSolver {
	return &satSolver{arena: make([]lit, 1, 1<<16), bump: 1, claBump: 1, nextReduce: 2000, probeEffort: 3_000_000}
}

func (s *satSolver) newVar() int {
	v := len(s.level)
	s.watches = append(s.watches, nil, nil)
	s.value = append(s.value, unset, unset)
	s.level = append(s.level, 0)
	s.reason = append(s.reason, none)
	s.phase = append(s.phase, false)
	s.activity = append(s.activity, 0)
	s.seen = append(s.seen, false)
	s.levels = append(s.levels, 0)
	s.order.add(v, s.activity)
	return v
}

// add states a clause; only at decision level 0.
func (s *satSolver) add(lits ...lit) {
	if s.broken {
		return
	}
	s.undo(0)
	kept := make([]lit, 0, len(lits))
next:
	for _, l := range lits {
		switch s.value[l] {
		case yes:
			return
		case no:
			continue
		}
		for _, k := range kept {
			if k == l {
				continue next
			}
			if k == l.not() {
				return
			}
		}
		kept = append(kept, l)
	}
	switch len(kept) {
	case 0:
		s.broken = true
	case 1:
		s.assign(kept[0], none)
		s.broken = s.propagate() != none
	default:
		s.clauses = append(s.clauses, s.store(kept, 0))
	}
}

// store writes a clause of two or more literals into the arena and watches it.
func (s *satSolver) store(lits []lit, marks lit) ref {
	c := ref(len(s.arena))
	s.arena = append(s.arena, lit(len(lits)), marks, 0)
	s.arena = append(s.arena, lits...)
	s.watch(c)
	return c
}

func (s *satSolver) lits(c ref) []lit {
	n := ref(s.arena[c])
	return s.arena[c+header : c+header+n : c+header+n]
}

func (s *satSolver) watch(c ref) {
	lits := s.lits(c)
	a, b := lits[0], lits[1]
	if len(lits) == 2 {
		c = -c
	}
	s.watches[a.not()] = append(s.watches[a.not()], watch{c, b})
	s.watches[b.not()] = append(s.watches[b.not()], watch{c, a})
}

func (s *satSolver) assign(l lit, why ref) {
	s.value[l], s.value[l.not()] = yes, no
	v := l.variable()
	s.level[v] = int32(len(s.limits))
	s.reason[v] = why
	s.trail = append(s.trail, l)
}

// propagate draws the consequences of the trail; it returns a clause that
// cannot hold any more, or none. Most of a search's time goes by here, so it
// keeps what it reads in local variables.
func (s *satSolver) propagate() ref {
	value, arena := s.value, s.arena
	for s.head < len(s.trail) {
		p := s.trail[s.head]
		s.head++
		s.props++
		ws, falsified := s.watches[p], p.not()
		kept := 0
	next:
		for i, w := range ws {
			v := value[w.other]
			if v == yes {
				ws[kept] = w
				kept++
				continue
			}
			c := w.c
			if c < 0 {
				c = -c
			} else {
				lits := arena[c+header : c+header+ref(arena[c])]
				first := lits[0]
				if first == falsified {
					first = lits[1]
					lits[0], lits[1] = first, falsified
				}
				w.other = first
				if v = value[first]; v != yes {
					for k := 2; k < len(lits); k++ {
						if l := lits[k]; value[l] != no { // watch it instead
							lits[1], lits[k] = l, falsified
							s.watches[l.not()] = append(s.watches[l.not()], w)
							continue next
						}
					}
				}
			}
			ws[kept] = w
			kept++
			if v == no {
				kept += copy(ws[kept:], ws[i+1:])
				s.watches[p] = ws[:kept]
				s.head = len(s.trail)
				return c
			}
			if v == unset {
				s.assign(w.other, c)
			}
		}
		s.watches[p] = ws[:kept]
	}
	return none
}

// undo goes back to a decision level, remembering the values as phases.
func (s *satSolver) undo(level int) {
	if len(s.limits) <= level {
		return
	}
	start := s.limits[level]
	for i := len(s.trail) - 1; i >= start; i-- {
		l := s.trail[i]
		v := l.variable()
		s.value[l], s.value[l.not()] = unset, unset
		s.reason[v] = none
		if !s.keepPhases {
			s.phase[v] = l&1 == 0
		}
		s.order.add(v, s.activity)
	}
	s.trail = s.trail[:start]
	s.limits = s.limits[:level]
	s.head = start
}

// analyze turns a conflict into a clause that would have prevented it (first
// unique implication point) and the level to go back to.
func (s *satSolver) analyze(confl ref) (learnt []lit, back int) {
	learnt = append(learnt, 0)
	open, at := 0, len(s.trail)-1
	here := int32(len(s.limits))
	var uip lit = -1
	for {
		s.use(confl)
		for _, q := range s.lits(confl) {
			v := q.variable()
			if q == uip || s.seen[v] || s.level[v] == 0 {
				continue
			}
			s.seen[v] = true
			s.bumpVar(v)
			if s.level[v] == here {
				open++
			} else {
				learnt = append(learnt, q)
			}
		}
		for !s.seen[s.trail[at].variable()] {
			at--
		}
		uip = s.trail[at]
		at--
		s.seen[uip.variable()] = false
		open--
		if open == 0 {
			break
		}
		confl = s.reason[uip.variable()]
	}
	learnt[0] = uip.not()
	learnt = s.minimize(learnt)
	if len(learnt) > 1 {
		best := 1
		for i := 2; i < len(learnt); i++ {
			if s.level[learnt[i].variable()] > s.level[learnt[best].variable()] {
				best = i
			}
		}
		learnt[1], learnt[best] = learnt[best], learnt[1]
		back = int(s.level[learnt[1].variable()])
	}
	return learnt, back
}

// minimize drops the literals that follow from the others.
func (s *satSolver) minimize(learnt []lit) []lit {
	all := append([]lit(nil), learnt...)
	kept := learnt[:1]
	var marked []lit
	for _, l := range all[1:] {
		if s.reason[l.variable()] == none || !s.implied(l, &marked) {
			kept = append(kept, l)
		}
	}
	for _, l := range all {
		s.seen[l.variable()] = false
	}
	for _, l := range marked {
		s.seen[l.variable()] = false
	}
	return kept
}

// implied reports whether the literal follows from literals already seen.
func (s *satSolver) implied(l lit, marked *[]lit) bool {
	s.stack = append(s.stack[:0], l)
	top := len(*marked)
	for len(s.stack) > 0 {
		c := s.reason[s.stack[len(s.stack)-1].variable()]
		here := s.stack[len(s.stack)-1].variable()
		s.stack = s.stack[:len(s.stack)-1]
		for _, q := range s.lits(c) {
			v := q.variable()
			if v == here || s.seen[v] || s.level[v] == 0 {
				continue
			}
			if s.reason[v] == none {
				for _, m := range (*marked)[top:] {
					s.seen[m.variable()] = false
				}
				*marked = (*marked)[:top]
				return false
			}
			s.seen[v] = true
			*marked = append(*marked, q)
			s.stack = append(s.stack, q)
		}
	}
	return true
}

func (s *satSolver) bumpVar(v int) {
	s.activity[v] += s.bump
	if s.activity[v] > 1e100 {
		for i := range s.activity {
			s.activity[i] *= 1e-100
		}
		s.bump *= 1e-100
	}
	s.order.up(v, s.activity)
}

// use marks a learnt clause as helpful.
func (s *satSolver) use(c ref) {
	if s.arena[c+1]&markLearnt == 0 {
		return
	}
	s.arena[c+1] |= markUsed
	act := math.Float32frombits(uint32(s.arena[c+2])) + s.claBump
	if act > 1e20 {
		for _, l := range s.learnts {
			s.arena[l+2] = lit(math.Float32bits(math.Float32frombits(uint32(s.arena[l+2])) * 1e-20))
		}
		act *= 1e-20
		s.claBump *= 1e-20
	}
	s.arena[c+2] = lit(math.Float32bits(act))
	if old := s.glue(c); old > 2 {
		if now := s.glueOf(s.lits(c)); now < old {
			s.arena[c+1] = s.arena[c+1]&(1<<glueShift-1) | lit(now)<<glueShift
		}
	}
}

func (s *satSolver) glue(c ref) int32 { return int32(s.arena[c+1] >> glueShift) }

func (s *satSolver) glueOf(lits []lit) int32 {
	s.stamp++
	var n int32
	for _, l := range lits {
		if lv := s.level[l.variable()]; lv > s.assumed && s.levels[lv] != s.stamp {
			s.levels[lv] = s.stamp
			n++
		}
	}
	return n
}
