using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Switchboard.Core.Media;
using Switchboard.Workers.Ingest.Sms.Media;

namespace Switchboard.Workers.Ingest.Providers.Twilio;

/// <summary>
/// Fetches a file of the provider, straight to disk: follows redirects itself, counts the bytes as they come, and stops where there are too
/// many or it takes too long. It tries once: another try is the job's to decide.
/// </summary>
internal sealed class MediaDownload(
    IHttpClientFactory clients,
    MediaAddresses addresses,
    IOptions<TwilioMediaOptions> account,
    IOptions<MediaLimits> limits,
    MediaMetrics metrics,
    TimeProvider timeProvider)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "media";

    private const int MaxRedirects = 5;
    private const int BufferSize = 64 * 1024;

    private readonly MediaLimits _limits = limits.Value;
    private readonly string _credentials =
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.Value.AccountSid}:{account.Value.AuthToken}"));

    /// <summary>Fetches a file.</summary>
    /// <param name="address">Where it is, as the provider said.</param>
    /// <param name="path">Where to put it; nothing is there yet. What arrived until a failure is the caller's to delete.</param>
    /// <param name="age">How long it has been known that it is there.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="ProviderException">It was not had.</exception>
    public async Task<DownloadedMedia> FetchAsync(string address, string path, TimeSpan age, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        using var timeout = new CancellationTokenSource(_limits.DownloadTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var http = clients.CreateClient(HttpClientName);
            using var response = await FollowAsync(http, addresses.Allowed(address), age, either.Token);
            var size = await SaveAsync(response, path, either.Token);
            metrics.Downloaded("completed", size, timeProvider.GetElapsedTime(started));
            return new(size, response.Content.Headers.ContentType?.MediaType);
        }
        catch (OperationCanceledException reason) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            metrics.Downloaded("timed_out", 0, timeProvider.GetElapsedTime(started));
            var seconds = _limits.DownloadTimeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
            throw new ProviderException(FailureKind.Transient, $"It did not arrive within {seconds} s.", reason);
        }
        catch (ProviderException reason)
        {
            metrics.Downloaded(reason.Kind == FailureKind.Permanent ? "refused" : "failed", 0, timeProvider.GetElapsedTime(started));
            throw;
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(HttpClient http, Uri url, TimeSpan age, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            var response = await GetAsync(http, url, isRedirect: redirects > 0, cancellationToken);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
            {
                if (RedirectOf(response) is not { } redirect)
                {
                    throw new ProviderException(
                        MediaErrors.Of((int)response.StatusCode, RetryAfterHeader.Read(response.Headers, timeProvider), age));
                }

                if (redirects == MaxRedirects)
                    throw new ProviderException(FailureKind.Permanent, $"It redirects more than {MaxRedirects} times.");
                url = addresses.Allowed(url, redirect);
            }
        }
    }

    private async Task<HttpResponseMessage> GetAsync(HttpClient http, Uri url, bool isRedirect, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (addresses.KnowsAccount(url, isRedirect))
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", _credentials);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException reason) when (reason.GetBaseException() is PrivateAddressException)
        {
            throw new ProviderException(FailureKind.Permanent, $"It is at {url.IdnHost}, which has no public address.", reason);
        }
        catch (HttpRequestException reason)
        {
            throw new ProviderException(FailureKind.Transient, $"{url.IdnHost} could not be reached.", reason);
        }
    }

    private static Uri? RedirectOf(HttpResponseMessage response) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 ? response.Headers.Location : null;

    private async Task<long> SaveAsync(HttpResponseMessage response, string path, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > _limits.MaxBytes)
            throw TooLarge();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await using var file = TempFile.Create(path);
            var size = 0L;
            for (int read; (read = await ReadAsync(body, buffer.AsMemory(0, BufferSize), cancellationToken)) > 0;)
            {
                size += read;
                if (size > _limits.MaxBytes)
                    throw TooLarge();
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            return size;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // only the network: what the disk says is another matter
    private static async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception reason) when (reason is IOException or HttpRequestException)
        {
            throw new ProviderException(FailureKind.Transient, "The connection broke before it was whole.", reason);
        }
    }

    private ProviderException TooLarge() => new(FailureKind.Permanent, $"It is larger than {_limits.MaxMegabytes} MB.");
}

/// <summary>A file that arrived.</summary>
/// <param name="SizeBytes">Its size.</param>
/// <param name="ContentType">What the answer said that it is.</param>
internal sealed record DownloadedMedia(long SizeBytes, string? ContentType);

/// <summary>What answers that bring no file mean for it. A pure decision.</summary>
internal static class MediaErrors
{
    // the provider tells of a message before its media is everywhere
    private static readonly TimeSpan MayLag = TimeSpan.FromMinutes(5);

    /// <summary>The failure that an answer is.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="retryAfter">Its <c>Retry-After</c>, if it came.</param>
    /// <param name="age">How long the item is known.</param>
    public static ProviderFailure Of(int status, TimeSpan? retryAfter, TimeSpan age) => status switch
    {
        404 or 410 when age < MayLag => new(FailureKind.Transient, $"The provider does not have it yet (HTTP {status}).", status),
        404 or 410 => new(FailureKind.Permanent, $"The provider does not have it (HTTP {status}).", status),

        // the account's token, or a link of storage that has ended: the first is the operator's to mend, the second is a new one next time
        401 or 403 => new(FailureKind.Transient, $"The provider did not let us have it (HTTP {status}).", status),
        408 or 425 or 429 or >= 500 => new(
            status == 429 ? FailureKind.Throttled : FailureKind.Transient,
            $"The provider could not give it (HTTP {status}).",
            status,
            retryAfter),
        _ => new(FailureKind.Permanent, $"The provider refused to give it (HTTP {status}).", status),
    };
}
