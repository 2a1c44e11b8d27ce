using System.Buffers;
using System.Text.Json;
using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Webhooks.WhatsApp;

/// <summary>
/// <c>POST /api/webhooks/whatsapp</c>: what became of messages. Verified by its signature, queued, answered at once; Meta
/// sends again what gets no 200.
/// </summary>
internal sealed class ReceiveWhatsAppCallback(IOptions<WhatsAppWebhookOptions> options, JobPublisher jobs, TimeProvider time, WebhookMetrics metrics)
    : EndpointWithoutRequest<Results<Ok, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/webhooks/whatsapp");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Webhooks", "Take a callback of WhatsApp")
            .WithMetadata(new WebhookLimitAttribute())
            .Accepts<WhatsAppCallback>("application/json")
            .Produces(200).Refuses(400, 401, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var body = await HttpContext.Request.BodyReader.ReadToEndAsync(ct);
        try
        {
            if (!HubSignature.IsValid(HttpContext.Request.Headers[HubSignature.Header], body, options.Value.AppSecret))
            {
                metrics.Rejected(WebhookSources.WhatsApp);
                return Problems.For(StatusCodes.Status401Unauthorized, $"{HubSignature.Header} does not sign this body.");
            }

            var updates = Read(body)?.Updates(time.GetUtcNow()) ?? [];
            if (updates.Count > 0)
                await jobs.PublishAsync(new ApplyDeliveryStatuses(Guid.CreateVersion7(time.GetUtcNow()), updates), ct);
            metrics.Accepted(WebhookSources.WhatsApp, updates.Count);
            return TypedResults.Ok();
        }
        catch (JsonException exception)
        {
            return Problems.Invalid(JsonErrors.Of(exception));
        }
        finally
        {
            HttpContext.Request.BodyReader.AdvanceTo(body.End);
        }
    }

    private static WhatsAppCallback? Read(ReadOnlySequence<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        return JsonSerializer.Deserialize<WhatsAppCallback>(ref reader, JsonSerializerOptions.Web);
    }
}
