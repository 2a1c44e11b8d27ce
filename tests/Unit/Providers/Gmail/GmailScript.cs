using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Email;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Security;
using Switchboard.Tests.Unit.Diagnostics;
using Switchboard.Tests.Unit.Providers.Graph;
using Switchboard.Workers.Ingest;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Tests.Unit.Providers.Gmail;

/// <summary>A Gmail that answers what a test tells it to, and remembers what it was asked.</summary>
internal sealed class GmailScript : HttpMessageHandler, IHttpClientFactory
{
    private static readonly SecretProtector Secrets = new(Options.Create(new EncryptionOptions { Key = Convert.ToBase64String(new byte[32]) }));
    private static readonly Guid Account = Guid.CreateVersion7();
    private readonly Dictionary<string, Queue<Func<HttpResponseMessage>>> _answers = [];
    private int _tokens;

    public GmailScript()
    {
        var options = Options.Create(new GmailOptions { ApiBaseUrl = new("https://gmail.test/base/") });
        var provider = MailProviders.OfGmail(new()
        {
            ApiBaseUrl = options.Value.ApiBaseUrl,
            AuthorizationUrl = new("https://gmail.test/auth"),
            TokenUrl = new("https://gmail.test/token"),
            ClientId = "client",
        });
        Grants = new(Secrets.Protect("refresh", SecretColumn.RefreshToken(provider.RefreshTokenPurpose), Account));
        var tokens = new OAuthTokens(new MapCache(), Grants, new OAuthClient(this, Time), Secrets, Time);
        Client = new GmailClient(new HttpClient(this), tokens, provider, options, Time);
        Pages = new MailPages(
            Client, Options.Create(new MailboxOptions()), Time, new IngestMetrics(new Meters()), NullLogger<MailPages>.Instance);
    }

    public FakeTimeProvider Time { get; } = new(new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero));

    public ScriptedGrants Grants { get; }

    public GmailClient Client { get; }

    public MailPages Pages { get; }

    /// <summary>What was asked: method, path and query after the mailbox's address, and the token.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public GmailAccount Mailbox(ulong? historyId = 100, DateTimeOffset? createdAt = null) => new(
        new(
            Account,
            Guid.CreateVersion7(),
            MailProviders.Gmail,
            "demo@example.com",
            IsActive: true,
            Policy: null,
            TrackingSince: null,
            createdAt ?? Time.GetUtcNow().AddDays(-30)),
        historyId,
        Time.GetUtcNow().AddDays(7));

    /// <summary>Answers the next request whose path begins so.</summary>
    public GmailScript On(string path, string json, int status = 200, string? retryAfter = null)
    {
        if (!_answers.TryGetValue(path, out var queue))
            _answers.Add(path, queue = new());
        queue.Enqueue(() =>
        {
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
            if (retryAfter is not null)
                response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return response;
        });
        return this;
    }

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

    protected override void Dispose(bool disposing)
    {
        Grants.Dispose();
        base.Dispose(disposing);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.PathAndQuery.Replace("/base/gmail/v1/users/demo%40example.com/", "", StringComparison.Ordinal);
        Asked.Enqueue($"{request.Method} {path} {request.Headers.Authorization?.Parameter}".TrimEnd());
        var key = _answers.Keys.Where(known => path.StartsWith(known, StringComparison.Ordinal)).MaxBy(known => known.Length);
        return Task.FromResult(
            key is not null && _answers[key].TryDequeue(out var answer) ? answer()
            : path == "/token" ? Json($$"""{"access_token":"token-{{++_tokens}}","expires_in":3599}""")
            : throw new InvalidOperationException($"Nobody said what to answer to {path}."));
    }

    private static HttpResponseMessage Json(string json) =>
        new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    private sealed class MapCache : HybridCache
    {
        private readonly ConcurrentDictionary<string, object?> _entries = new();

        public override async ValueTask<T> GetOrCreateAsync<TState, T>(
            string key,
            TState state,
            Func<TState, CancellationToken, ValueTask<T>> factory,
            HybridCacheEntryOptions? options = null,
            IEnumerable<string>? tags = null,
            CancellationToken cancellationToken = default)
        {
            if (!_entries.TryGetValue(key, out var value))
                _entries[key] = value = await factory(state, cancellationToken);
            return (T)value!;
        }

        public override ValueTask SetAsync<T>(
            string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
        {
            _entries[key] = value;
            return ValueTask.CompletedTask;
        }

        public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
        {
            _entries.TryRemove(key, out _);
            return ValueTask.CompletedTask;
        }

        public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
