namespace Switchboard.Simulator.Social;

/// <summary>Fetches media from the links that platforms are given, as Instagram and Facebook do.</summary>
internal sealed class MediaFetcher : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>Reads a file to its end, or until it is larger than allowed.</summary>
    /// <returns>What it is; null when it could not be fetched.</returns>
    public async Task<(long Bytes, string? Type)?> FetchAsync(string? url, long most, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            return null;
        }

        try
        {
            using var response = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await FileType.ReadAsync(stream, most, cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or IOException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
