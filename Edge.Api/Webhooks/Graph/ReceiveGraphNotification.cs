using System.Text;
using System.Text.Json;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Webhooks.Graph;

/// <summary>
/// <c>POST /api/webhooks/graph</c>: mails were added to mailboxes, or something became of subscriptions. Each item is verified by its
/// client state, what is left becomes one job, and it is answered at once; a 5xx makes Graph send it again. With <c>validationToken</c> it
/// is the handshake of a subscription that is being made, and wants the token back
/// (Graph: Receive change notifications through webhooks).
/// </summary>
internal sealed class ReceiveGraphNotification(GraphClientState state, JobPublisher jobs, WebhookMetrics metrics, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Accepted, ContentHttpResult, ProblemHttpResult>>
{
    private const string ValidationToken = "validationToken";
    private const int MaxToken = 4_096;

    public override void Configure()
    {
        Post("/api/webhooks/graph");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Webhooks", "Receive a notification of Microsoft Graph, or answer its handshake")
            .WithMetadata(new WebhookLimitAttribute())
            // the handshake has no body, and says text/plain or nothing
            .Accepts<GraphNotification>("*/*", "application/json")
            .Produces<string>(200, "text/plain").Produces(202).Refuses(400, 403, 413, 429, 503));
    }

    public override async Task<Results<Accepted, ContentHttpResult, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        if (HttpContext.Request.Query.TryGetValue(ValidationToken, out var token))
            return Handshake(token.ToString());

        var (reading, refusal) = await ReadAsync(ct);
        if (refusal is not null)
            return refusal;
        if (reading.Rejected > 0)
            metrics.Rejected(WebhookSources.Graph);
        metrics.Unreadable(WebhookSources.Graph, reading.Unreadable);
        if (reading.Changes.Count > 0)
        {
            var now = timeProvider.GetUtcNow();
            await HttpContext.CostsItemsAsync(reading.Changes.Count);
            await jobs.PublishAsync(new ReadGraphChanges(Guid.CreateVersion7(now), reading.Changes, now), ct);
            metrics.Accepted(WebhookSources.Graph, reading.Changes.Count);
            return TypedResults.Accepted((string?)null);
        }

        // what is signed rightly but tells nothing that we know is not to be sent again
        return reading.Unreadable > 0
            ? TypedResults.Accepted((string?)null)
            : Problems.For(StatusCodes.Status403Forbidden, "The notification was rejected.");
    }

    // as it was, since anything else fails the handshake; as text, so that no browser takes it for a page
    private Results<Accepted, ContentHttpResult, ProblemHttpResult> Handshake(string token)
    {
        if (token.Length is 0 or > MaxToken)
            return Problems.Invalid(new FieldError(ValidationToken, $"It must have 1 to {MaxToken} characters."));
        HttpContext.Response.Headers.XContentTypeOptions = "nosniff";
        HttpContext.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return TypedResults.Text(token, "text/plain", Encoding.UTF8);
    }

    private async ValueTask<(GraphReading Reading, ProblemHttpResult? Refusal)> ReadAsync(CancellationToken ct)
    {
        if (await WebhookBody.ReadAsync(HttpContext.Request, EdgeLimits.MaxBodyBytes, ct) is not { } body)
            return (default, WebhookBody.TooLong(EdgeLimits.MaxBodyBytes));
        try
        {
            if (!state.MayBeIn(body))
                return (new([], 1, 0), null);
            return GraphNotification.Read(body).Value switch
            {
                null or [] => (default, Problems.Invalid(new FieldError("value", "It must have at least one item."))),
                { Count: > WebhookBody.MaxItems } => (default, Problems.Invalid(
                    new FieldError("value", $"It has more than {WebhookBody.MaxItems} items."))),
                var items => (GraphNotificationReader.Read(items, state), null),
            };
        }
        catch (JsonException exception)
        {
            return (default, Problems.Invalid(JsonErrors.Of(exception)));
        }
        finally
        {
            HttpContext.Request.BodyReader.AdvanceTo(body.End);
        }
    }
}
