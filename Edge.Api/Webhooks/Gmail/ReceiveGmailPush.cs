using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Webhooks.Gmail;

/// <summary>A push of Pub/Sub (https://cloud.google.com/pubsub/docs/push).</summary>
internal sealed record PubSubPush(PubSubMessage? Message);

/// <summary>Its message; <paramref name="Data"/> is base64url or base64 of a <see cref="GmailChange"/>.</summary>
internal sealed record PubSubMessage(string? Data);

/// <summary>What Gmail says: the mailbox has changed up to that point of its history.</summary>
internal sealed record GmailChange(
    string? EmailAddress,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] long? HistoryId)
{
    /// <summary>Reads a push; null if it is not one.</summary>
    public static GmailChange? Read(PubSubPush? push)
    {
        try
        {
            var data = push?.Message?.Data?.Replace('+', '-').Replace('/', '_').TrimEnd('=');
            return data is null ? null : JsonSerializer.Deserialize<GmailChange>(Base64Url.DecodeFromChars(data), JsonSerializerOptions.Web);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or DecoderFallbackException)
        {
            return null;
        }
    }
}

/// <summary>
/// <c>POST /api/webhooks/gmail</c>: a mailbox has changed. Verified by the token, queued, answered at once; whatever is not a 2xx
/// makes Pub/Sub send it again.
/// </summary>
internal sealed class ReceiveGmailPush(GmailPushToken token, JobPublisher jobs, WebhookMetrics metrics)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/webhooks/gmail");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Webhooks", "Take a push of Gmail")
            .WithMetadata(new WebhookLimitAttribute())
            .Accepts<PubSubPush>("application/json")
            .Produces(204).Refuses(400, 401, 413, 415, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        if (!await token.IsValidAsync(HttpContext.Request.Headers.Authorization, ct))
        {
            metrics.Rejected(WebhookSources.Gmail);
            return Problems.For(StatusCodes.Status401Unauthorized, "The token of the push is not valid.");
        }

        var push = await JsonSerializer.DeserializeAsync<PubSubPush>(HttpContext.Request.BodyReader, JsonSerializerOptions.Web, ct);
        if (GmailChange.Read(push) is not { EmailAddress: { Length: > 0 } address, HistoryId: > 0 and var historyId })
            return Problems.Invalid(new FieldError("message.data", "It must be base64url of {\"emailAddress\", \"historyId\"}."));

        await jobs.PublishAsync(new SyncMailbox(Guid.CreateVersion7(), address.ToLowerInvariant(), historyId), ct);
        metrics.Accepted(WebhookSources.Gmail, 1);
        return TypedResults.NoContent();
    }
}
