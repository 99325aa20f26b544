// SPDX-License-Identifier: BSL-1.0

// The core workloads with goroutines. Needs no module but the standard library.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// One run of a workload: how many operations to do, and how long they took.
type trial struct {
	count   int
	wall    bool
	began   time.Duration
	elapsed time.Duration
}

var start = time.Now()

func (t *trial) now() time.Duration {
	if t.wall {
		return time.Since(start)
	}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func (t *trial) begin() { t.began = t.now() }
func (t *trial) end()   { t.elapsed = t.now() - t.began }

func spawnJoin(t *trial) {
	t.begin()
	for i := 0; i < t.count; i++ {
		result := make(chan int, 1)
		go func() { result <- 1 }()
		<-result
	}
	t.end()
}

func yield100(t *trial) {
	var all sync.WaitGroup
	all.Add(100)
	t.begin()
	for i := 0; i < 100; i++ {
		go func() {
			defer all.Done()
			for times := t.count/100 + 1; times > 0; times-- {
				runtime.Gosched()
			}
		}()
	}
	all.Wait()
	t.end()
}

func pingPong(t *trial) {
	ping := make(chan struct{})
	pong := make(chan struct{})
	go func() {
		for range ping {
			pong <- struct{}{}
		}
	}()
	t.begin()
	for i := 0; i < t.count; i++ {
		ping <- struct{}{}
		<-pong
	}
	t.end()
	close(ping)
}

// A channel of one value is Go's future.
func future(t *trial) {
	t.begin()
	for i := 0; i < t.count; i++ {
		promised := make(chan int, 1)
		go func(to chan<- int) { to <- 1 }(promised)
		<-promised
	}
	t.end()
}

func gather(size int) func(*trial) {
	return func(t *trial) {
		t.begin()
		for i := 0; i < t.count; i++ {
			results := make([]int, size)
			var all sync.WaitGroup
			all.Add(size)
			for value := range results {
				go func(value int) {
					results[value] = value
					all.Done()
				}(value)
			}
			all.Wait()
		}
		t.end()
	}
}

// The delays of harness.hpp.
type delays struct{ state uint32 }

func (d *delays) next() time.Duration {
	d.state = d.state*1664525 + 1013904223
	return time.Duration(60+d.state%3541) * time.Second
}

func timer(live int) func(*trial) {
	return func(t *trial) {
		delay := delays{1}
		others := make([]*time.Timer, live)
		for i := range others {
			others[i] = time.AfterFunc(delay.next(), func() {})
		}
		t.begin()
		for i := 1; i <= t.count; i++ {
			time.AfterFunc(delay.next(), func() {}).Stop()
			if i%1000 == 0 {
				runtime.Gosched()
			}
		}
		t.end()
		for _, each := range others {
			each.Stop()
		}
	}
}

func cancelJoin(t *trial) {
	t.begin()
	for i := 0; i < t.count; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		joined := make(chan error, 1)
		go func() {
			<-ctx.Done()
			joined <- ctx.Err()
		}()
		runtime.Gosched()
		cancel()
		<-joined
	}
	t.end()
}

func resident() float64 {
	var total, pages int
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		fmt.Sscan(string(text), &total, &pages)
	}
	return float64(pages * os.Getpagesize())
}

func suspended(count int, wall bool) {
	started := trial{count: count, wall: wall}
	ended := trial{count: count, wall: wall}
	var waiting, woken sync.WaitGroup
	waiting.Add(count)
	woken.Add(count)
	held := make(chan struct{})
	before := resident()
	started.begin()
	for i := 0; i < count; i++ {
		go func() {
			waiting.Done()
			<-held
			woken.Done()
		}()
	}
	waiting.Wait()
	runtime.Gosched()
	started.end()
	bytes := resident() - before
	ended.begin()
	close(held)
	woken.Wait()
	ended.end()
	each := func(t trial) float64 { return float64(t.elapsed.Nanoseconds()) / float64(count) }
	fmt.Printf("tasks_count,%d,tasks\n", count)
	fmt.Printf("tasks_bytes,%.1f,B\n", bytes/float64(count))
	fmt.Printf("tasks_start,%.1f,ns\n", each(started))
	fmt.Printf("tasks_end,%.1f,ns\n", each(ended))
}

func measure(name string, run func(*trial), seconds float64, wall bool) {
	for count := 1; ; {
		runtime.GC() // no run pays for the garbage of the one before
		t := trial{count: count, wall: wall}
		run(&t)
		took := t.elapsed.Seconds()
		if took >= seconds {
			fmt.Printf("%s,%.1f,ns\n", name, took/float64(count)*1e9)
			return
		}
		wanted := float64(count) * 20
		if took > 0 && float64(count)*1.2*seconds/took < wanted {
			wanted = float64(count) * 1.2 * seconds / took
		}
		count = int(wanted) + 1
	}
}

func main() {
	clock := flag.String("clock", "cpu", "cpu or wall")
	seconds := flag.Float64("seconds", 0.2, "least time of the last run of a workload")
	only := flag.String("only", "", "a workload; empty: all")
	tasks := flag.Int("tasks", 0, "measure this many suspended goroutines instead")
	flag.Parse()
	wall := *clock == "wall"
	if *tasks > 0 {
		suspended(*tasks, wall)
		return
	}
	workloads := []struct {
		name string
		run  func(*trial)
	}{
		{"spawn_join", spawnJoin}, {"yield_100", yield100}, {"ping_pong", pingPong},
		{"future", future}, {"gather_2", gather(2)}, {"gather_100", gather(100)},
		{"gather_10000", gather(10000)}, {"timer_1000", timer(1000)},
		{"timer_100000", timer(100000)}, {"cancel_join", cancelJoin},
	}
	for _, each := range workloads {
		if *only == "" || *only == each.name {
			measure(each.name, each.run, *seconds, wall)
		}
	}
}
