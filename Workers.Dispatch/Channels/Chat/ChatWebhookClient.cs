using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;
using Switchboard.Core.Redis.Limits;
using Switchboard.ServiceDefaults.Tracing;

namespace Switchboard.Workers.Dispatch.Channels.Chat;

/// <summary>What a webhook answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The beginning of the body.</param>
/// <param name="RetryAfter">The header, if it came.</param>
internal sealed record WebhookAnswer(int Status, string Body, TimeSpan? RetryAfter)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>How the webhooks of a service are called.</summary>
/// <param name="Service">The service's name, for people.</param>
/// <param name="Hosts">Where they are; <c>*.</c> stands for all below.</param>
/// <param name="Limit">What one of them takes.</param>
internal sealed record WebhookRules(string Service, IReadOnlyList<string> Hosts, RateLimit Limit);

/// <summary>
/// Posts JSON to webhooks of chat services, each once and within the limit of the webhook, and reads little of what they answer: their
/// addresses come from users. An address is in no error, log, limit or trace.
/// </summary>
internal sealed class ChatWebhookClient(
    IHttpClientFactory clients, SlidingWindowLimiter limiter, IOptions<ChatOptions> options, TimeProvider timeProvider)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "chat";

    private const int LongestAnswer = 4_096;
    private const int MostTurns = 10_000;

    private static readonly MediaTypeHeaderValue Json = new("application/json") { CharSet = "utf-8" };

    private readonly ChatOptions _options = options.Value;
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);

    // when the next that has to wait for a webhook gets its turn
    private readonly ConcurrentDictionary<string, DateTimeOffset> _turns = new();

    /// <summary>Posts.</summary>
    /// <param name="address">The webhook as it is stored.</param>
    /// <param name="rules">Those of its service.</param>
    /// <param name="at">The address that is called, made of the webhook's.</param>
    /// <param name="body">The JSON.</param>
    /// <param name="read">What an answer means.</param>
    /// <param name="cancellationToken">Ends the wait; it may have been posted.</param>
    public async Task<SendResult> PostAsync(
        string address, WebhookRules rules, Func<Uri, Uri> at, byte[] body, Func<WebhookAnswer, SendResult> read,
        CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var webhook) || !IsAllowed(webhook, rules))
            return new ProviderFailure(FailureKind.NotFound, $"The webhook is at no address of {rules.Service}: https and a host of theirs.");

        var key = $"chat:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(webhook.AbsoluteUri)))}";
        var permit = await limiter.AcquireAsync(key, rules.Limit, 1, cancellationToken);
        if (!permit.IsAllowed)
            return new SendResult.Deferred(
                $"The limit of this webhook, {rules.Limit.Permits} messages in {rules.Limit.Window.TotalSeconds} s, is reached.",
                NextTurn(key, rules.Limit, permit.RetryAfter));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, at(webhook));
            request.HideAddress();
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = Json;
            using var http = clients.CreateClient(HttpClientName);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var start = await response.ReadStartAsync(LongestAnswer, _timeout, timeProvider, cancellationToken);
            return read(new((int)response.StatusCode, start, RetryAfterHeader.Read(response.Headers, timeProvider)));
        }
        catch (Exception exception) when (ProviderFailure.Of(rules.Service, exception, _timeout, cancellationToken) is { } failure)
        {
            return failure;
        }
    }

    /// <summary>What an error status means where the service's own table says no more.</summary>
    public ProviderFailure Failure(int status, string text, TimeSpan? retryAfter, string? code = null) => status == 401
        ? new(FailureKind.NotFound, text, status, Code: code) // what authorises is the address
        : ProviderFailure.OfStatus(status, text, retryAfter, TimeSpan.FromSeconds(_options.BusySeconds), code: code);

    private bool IsAllowed(Uri webhook, WebhookRules rules) =>
        webhook.IsOf(_options.PrivateService)
        || (webhook is { Scheme: "https", IsDefaultPort: true, UserInfo: "" }
            && rules.Hosts.Concat(_options.Hosts).Any(host => host.StartsWith("*.", StringComparison.Ordinal)
                ? webhook.IdnHost.EndsWith(host[1..], StringComparison.OrdinalIgnoreCase)
                : webhook.IdnHost.Equals(host, StringComparison.OrdinalIgnoreCase)));

    // Those that wait for one webhook come back one after the other: a thousand of them would else come back a thousand times each.
    private TimeSpan NextTurn(string key, RateLimit limit, TimeSpan retryAfter)
    {
        var now = timeProvider.GetUtcNow();
        if (_turns.Count >= MostTurns)
            foreach (var (other, turn) in _turns)
                if (turn < now)
                    _turns.TryRemove(other, out _);
        var (first, step) = (now + retryAfter, limit.Window / limit.Permits);
        return _turns.AddOrUpdate(key, first, (_, last) => last + step > first ? last + step : first) - now;
    }
}
