using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LastRef.Tests;

/// <summary>A symbol server of one file on this machine.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _loop;
    private int _requests;

    public LocalServer(string path, byte[] content, int otherwise = 404)
    {
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";
        _loop = Task.Run(() => Serve(path, content, otherwise));
    }

    public string Address { get; }

    public int Requests => _requests;

    public void Dispose()
    {
        _listener.Stop();
        _loop.Wait(TimeSpan.FromSeconds(10));
    }

    private async Task Serve(string path, byte[] content, int otherwise)
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The test is over.
                return;
            }

            using (client)
            {
                Interlocked.Increment(ref _requests);
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var request = await reader.ReadLineAsync() ?? "";
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                }

                var isHere = request.StartsWith($"GET {path} ", StringComparison.Ordinal);
                var body = isHere ? content : [];
                var status = isHere ? 200 : otherwise;
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
                await stream.WriteAsync(body);
            }
        }
    }
}
