using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Email;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Security;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Tests.Unit.Providers.Graph;

/// <summary>A Graph, and its authority, that answer what a test tells them to, and remember what they were asked.</summary>
internal sealed class GraphScript : HttpMessageHandler, IHttpClientFactory
{
    public static readonly Guid Account = Guid.CreateVersion7();

    private readonly Dictionary<string, Queue<JsonObject>> _answers = [];
    private readonly Queue<Func<HttpResponseMessage>> _batches = [];
    private readonly Queue<Func<HttpResponseMessage>> _tokens = [];
    private int _token;

    public GraphScript(int lifetimeSeconds = 3_600)
    {
        LifetimeSeconds = lifetimeSeconds;
        var options = Options.Create(new GraphOptions
        {
            ApiBaseUrl = new("https://graph.test/base/"),
        });
        Grants = new(Grant(Account));
        Tokens = new(new TimedCache(Time), Grants, new OAuthClient(this, Time), Secrets, Time);
        Client = new(new HttpClient(this), Tokens, Provider, Gate, options, Time);
    }

    public static OAuthProvider Provider { get; } = MailProviders.OfMicrosoft(new()
    {
        ApiBaseUrl = new("https://graph.test/base/"),
        Authority = new("https://login.test/common"),
        ClientId = "client",
        ClientSecret = "secret",
    });

    public static SecretProtector Secrets { get; } = new(Options.Create(new EncryptionOptions { Key = Convert.ToBase64String(new byte[32]) }));

    public int LifetimeSeconds { get; set; }

    public FakeTimeProvider Time { get; } = new(new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero));

    private static byte[] Grant(Guid account) =>
        Secrets.Protect("refresh-0", SecretColumn.RefreshToken(Provider.RefreshTokenPurpose), account);

    /// <summary>The stored grant is that of another account from now on.</summary>
    public void GrantFor(Guid account) => Grants.StoredBytes = Grant(account);

    public ScriptedGrants Grants { get; }

    public OpenGate Gate { get; } = new();

    public OAuthTokens Tokens { get; }

    public GraphClient Client { get; }

    /// <summary>What was asked: refreshes with their refresh token, batches with their access token and their calls.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Answers the next call of a batch whose address begins so.</summary>
    public GraphScript On(string url, string body, int status = 200, string? retryAfter = null)
    {
        if (!_answers.TryGetValue(url, out var queue))
            _answers.Add(url, queue = new());
        queue.Enqueue(new JsonObject
        {
            ["status"] = status,
            ["headers"] = retryAfter is null ? new JsonObject() : new JsonObject { ["Retry-After"] = retryAfter },
            ["body"] = JsonNode.Parse(body),
        });
        return this;
    }

    /// <summary>Answers the next batch as a whole.</summary>
    public GraphScript OnBatch(string body, int status = 200, string? retryAfter = null)
    {
        _batches.Enqueue(() => Answer(status, body, retryAfter));
        return this;
    }

    /// <summary>Answers the next refresh.</summary>
    public GraphScript OnToken(string body, int status = 200)
    {
        _tokens.Enqueue(() => Answer(status, body));
        return this;
    }

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var text = await request.Content!.ReadAsStringAsync(cancellationToken);
        if (request.RequestUri!.AbsoluteUri == "https://login.test/common/oauth2/v2.0/token")
        {
            Asked.Enqueue($"refresh {text.Split('&').Single(pair => pair.StartsWith("refresh_token=", StringComparison.Ordinal))[14..]}");
            return _tokens.TryDequeue(out var refused) ? refused() : Answer(200, Token());
        }

        request.RequestUri.AbsoluteUri.ShouldBe("https://graph.test/base/v1.0/$batch");
        var calls = JsonNode.Parse(text)!["requests"]!.AsArray();
        Asked.Enqueue($"batch {request.Headers.Authorization?.Parameter}: {string.Join(", ", calls.Select(call => (string)call!["url"]!))}");
        return _batches.TryDequeue(out var answer) ? answer() : Answer(200, Batch(calls).ToJsonString());
    }

    private string Token()
    {
        var number = (++_token).ToString(CultureInfo.InvariantCulture);
        return $$"""{"token_type":"Bearer","access_token":"token-{{number}}","expires_in":{{LifetimeSeconds}},"refresh_token":"refresh-{{number}}"}""";
    }

    // the last call is answered first
    private JsonObject Batch(JsonArray calls) => new()
    {
        ["responses"] = new JsonArray([.. calls.Reverse().Select(call =>
        {
            var url = (string)call!["url"]!;
            var key = _answers.Keys.Where(known => url.StartsWith(known, StringComparison.Ordinal)).MaxBy(known => known.Length);
            var answer = key is not null && _answers[key].TryDequeue(out var scripted)
                ? scripted
                : throw new InvalidOperationException($"Nobody said what to answer to {url}.");
            answer["id"] = (string)call["id"]!;
            return (JsonNode)answer;
        })]),
    };

    private static HttpResponseMessage Answer(int status, string body, string? retryAfter = null)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (retryAfter is not null)
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return response;
    }
}
