// SPDX-License-Identifier: BSL-1.0

// Echo servers in Go: a goroutine for each connection. Options and output as those of
// bench/net/server.hpp.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func echo(connection net.Conn, room int) {
	defer connection.Close()
	buffer := make([]byte, room)
	for {
		size, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err := connection.Write(buffer[:size]); err != nil {
			return
		}
	}
}

func serve(listener net.Listener, room int) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			if temporary, ok := err.(net.Error); ok && temporary.Temporary() {
				continue
			}
			return
		}
		go echo(connection, room)
	}
}

func serveDatagrams(socket *net.UDPConn) {
	socket.SetReadBuffer(16 << 20)
	buffer := make([]byte, 65536)
	for {
		size, peer, err := socket.ReadFromUDPAddrPort(buffer)
		if err == nil {
			socket.WriteToUDPAddrPort(buffer[:size], peer)
		}
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "echo:", err)
		os.Exit(1)
	}
}

func main() {
	path := flag.String("unix", "", "the path of a UNIX socket")
	udp := flag.Bool("udp", false, "datagrams")
	size := flag.Int("size", 0, "of a message")
	flag.Parse()
	room := 16384
	if *size > room {
		room = *size
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)

	port := 0
	switch {
	case *udp:
		socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		check(err)
		port = socket.LocalAddr().(*net.UDPAddr).Port
		go serveDatagrams(socket)
	case *path != "":
		os.Remove(*path)
		listener, err := net.Listen("unix", *path)
		check(err)
		defer listener.Close()
		go serve(listener, room)
	default:
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		check(err)
		port = listener.Addr().(*net.TCPAddr).Port
		go serve(listener, room)
	}
	fmt.Println("port", port)
	<-ended
}
