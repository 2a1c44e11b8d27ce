using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Switchboard.Edge.Api.Webhooks.Gmail;

/// <summary>
/// The public keys that sign pushes, fetched when they are first needed, when they are old, and when a token names one that is not
/// among them: Google changes them every few days.
/// </summary>
internal sealed class GmailPushKeys(IHttpClientFactory clients, IOptions<GmailPushOptions> options, TimeProvider clock) : IDisposable
{
    public const string ClientName = "gmail-push-keys";

    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile Fetched? _current;

    /// <summary>The key of that id; null if there is none.</summary>
    /// <exception cref="HttpRequestException">There are no keys yet, and they could not be fetched.</exception>
    public async ValueTask<SecurityKey?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (_current is { } current && (current.Find(id), IsOlderThan(current, options.Value.PushKeysMaxAgeSeconds)) is (not null and var key, false))
            return key;
        return (await RefreshAsync(id, cancellationToken)).Find(id);
    }

    public void Dispose() => _fetching.Dispose();

    private async Task<Fetched> RefreshAsync(string id, CancellationToken cancellationToken)
    {
        await _fetching.WaitAsync(cancellationToken);
        try
        {
            // someone else may have fetched them meanwhile; and who makes up key ids must not make us ask for each
            if (_current is { } current && !IsOlderThan(
                current, current.Find(id) is null ? options.Value.PushKeysMinAgeSeconds : options.Value.PushKeysMaxAgeSeconds))
                return current;

            return _current = await FetchAsync(cancellationToken);
        }
        finally
        {
            _fetching.Release();
        }
    }

    private async Task<Fetched> FetchAsync(CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        try
        {
            var set = JsonWebKeySet.Create(await client.GetStringAsync(options.Value.PushKeysUrl, cancellationToken));
            return new(set.GetSigningKeys(), clock.GetTimestamp());
        }
        catch (HttpRequestException) when (_current is { } old)
        {
            // old keys still verify what they signed; ask again after the shorter time
            return old with { FetchedAt = clock.GetTimestamp() };
        }
    }

    private bool IsOlderThan(Fetched keys, int seconds) => clock.GetElapsedTime(keys.FetchedAt) >= TimeSpan.FromSeconds(seconds);

    private sealed record Fetched(IList<SecurityKey> Keys, long FetchedAt)
    {
        public SecurityKey? Find(string id) => Keys.FirstOrDefault(key => key.KeyId == id);
    }
}
