using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>
/// <c>POST /api/sms/status?notification={id}</c>: what became of a text that we sent. Verified by its signature, which holds the
/// query too; queued, answered at once.
/// </summary>
internal sealed class ReceiveSmsStatus(
    TwilioRequests requests, SmsOptOutStore optOuts, JobPublisher jobs, WebhookMetrics metrics, TimeProvider time)
    : EndpointWithoutRequest<Results<Ok, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/sms/status");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Webhooks", "Take a status callback of Twilio")
            .WithMetadata(new WebhookLimitAttribute())
            .Accepts<IFormCollection>(TwilioRequests.Form, TwilioRequests.Json)
            .Produces(200).Refuses(400, 403, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (parameters, refusal) = await requests.ReadAsync(HttpContext, ct);
        if (parameters is null)
            return refusal!;
        var sid = parameters["MessageSid"];
        if (SmsRequest.SidMistake(sid) is { } mistake)
            return Problems.Invalid(new FieldError("MessageSid", mistake));
        if (parameters["MessageStatus"] is not { } word)
            return Problems.Invalid(new FieldError("MessageStatus", "It must not be empty."));

        if (parameters["ErrorCode"] == SmsStatus.OptedOut && PhoneNumber.IsE164(parameters["To"]))
            await optOuts.InferAsync(parameters["To"]!, sid!, ct);
        if (SmsStatus.Of(word) is { } status)
        {
            await jobs.PublishAsync(new ApplyDeliveryStatuses(Guid.CreateVersion7(time.GetUtcNow()), [Update(sid!, status, word, parameters)]), ct);
            metrics.Accepted(WebhookSources.Twilio, 1);
        }

        return TypedResults.Ok();
    }

    private DeliveryStatusUpdate Update(string sid, DeliveryStatus status, string word, TwilioParameters parameters) => new(
        sid,
        Guid.TryParse(HttpContext.Request.Query["notification"], out var notification) ? notification : null,
        status,
        time.GetUtcNow(),
        status == DeliveryStatus.Failed ? SmsStatus.Error(word, parameters["ErrorCode"]) : null);
}
