using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Webhooks.Gmail;

/// <summary>What Gmail says in a push of Pub/Sub (https://cloud.google.com/pubsub/docs/push): the mailbox has changed up to that point of
/// its history, an unsigned number of 64 bits.</summary>
internal sealed record GmailChange(string EmailAddress, ulong HistoryId)
{
    private const int MaxAddress = 320;

    /// <summary>Reads a push, <c>{"message": {"data": "…"}}</c>, whose data is base64url or base64 of a change; null if it is not
    /// one.</summary>
    public static GmailChange? Read(ReadOnlySequence<byte> push)
    {
        try
        {
            using var json = JsonDocument.Parse(WebhookBody.Readable(push));
            if (json.RootElement.Child("message").Text("data") is not { } data)
                return null;
            using var change = JsonDocument.Parse(WebhookBody.Readable(new(
                Base64Url.DecodeFromChars(data.Replace('+', '-').Replace('/', '_').TrimEnd('=')))));
            return change.RootElement.Text("emailAddress") is { Length: > 0 and <= MaxAddress } address && StorableText.IsStorable(address)
                && HistoryIdOf(change.RootElement.Child("historyId")) is > 0 and var historyId
                    ? new(address, historyId)
                    : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    private static ulong HistoryIdOf(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
    }
}

/// <summary>
/// <c>POST /api/webhooks/gmail</c>: a mailbox has changed. Verified by the token, queued, answered at once; whatever is not a 2xx
/// makes Pub/Sub send it again.
/// </summary>
internal sealed class ReceiveGmailPush(GmailPushToken token, JobPublisher jobs, WebhookMetrics metrics, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/webhooks/gmail");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Webhooks", "Receive a Gmail push")
            .WithMetadata(new WebhookLimitAttribute())
            .Accepts<object>("application/json")
            .Produces(204).Refuses(401, 413, 415, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        if (!await token.IsValidAsync(HttpContext.Request.Headers.Authorization, ct))
        {
            metrics.Rejected(WebhookSources.Gmail);
            return Problems.For(StatusCodes.Status401Unauthorized, "The token of the push is not valid.");
        }

        if (await WebhookBody.ReadAsync(HttpContext.Request, WebhookBody.SmallBytes, ct) is not { } body)
            return WebhookBody.TooLong(WebhookBody.SmallBytes);
        var change = GmailChange.Read(body);
        HttpContext.Request.BodyReader.AdvanceTo(body.End);
        if (change is null)
        {
            // a push that is not understood now is not understood when it comes again either, and would come for a week
            metrics.Unreadable(WebhookSources.Gmail, 1);
            return TypedResults.NoContent();
        }

        await jobs.PublishAsync(
            new SyncMailbox(Guid.CreateVersion7(timeProvider.GetUtcNow()), change.EmailAddress.ToLowerInvariant(), change.HistoryId), ct);
        metrics.Accepted(WebhookSources.Gmail, 1);
        return TypedResults.NoContent();
    }
}
