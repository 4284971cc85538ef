using System.Net;

namespace LastRef.Symbols;

/// <summary>Symbol servers over HTTP: GET store/key, 404 for what is not there, redirects followed.</summary>
public sealed class HttpSymbolServer : ISymbolServer
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(5);

    public byte[]? TryFetch(string url, int limitBytes)
    {
        try
        {
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = true, MaxAutomaticRedirections = 5, ConnectTimeout = TimeSpan.FromSeconds(20) };
            using var client = new HttpClient(handler) { Timeout = s_timeout };
            client.DefaultRequestHeaders.UserAgent.ParseAdd("lastref");
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = client.Send(request, HttpCompletionOption.ResponseHeadersRead);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
                return null;
            if (!response.IsSuccessStatusCode)
                throw new InputException($"{url}: the symbol server answers {(int)response.StatusCode} {PrintableText.Of(response.ReasonPhrase ?? "")}");
            if (response.Content.Headers.ContentLength > limitBytes)
                throw new InputException($"{url}: the file has {response.Content.Headers.ContentLength} bytes, the limit is {limitBytes}");
            using var body = response.Content.ReadAsStream();
            using var content = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (int count; (count = body.Read(buffer)) > 0;)
            {
                content.Write(buffer, 0, count);
                if (content.Length > limitBytes)
                    throw new InputException($"{url}: the file has more than {limitBytes} bytes");
            }

            return response.Content.Headers.ContentLength is { } length && length != content.Length
                ? throw new InputException($"{url}: the connection broke off after {content.Length} of {length} bytes")
                : content.ToArray();
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException or UriFormatException or NotSupportedException or InvalidOperationException)
        {
            throw new InputException($"{url}: the symbol server cannot be reached: {PrintableText.Of(error.Message)}");
        }
    }
}
