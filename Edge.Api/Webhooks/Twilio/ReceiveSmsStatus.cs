using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>
/// <c>POST /api/sms/status?notification={id}</c>: what became of an SMS that we sent. Verified by its signature, which holds the
/// query too; queued, answered at once.
/// </summary>
internal sealed class ReceiveSmsStatus(
    TwilioRequests requests, SmsOptOutStore optOuts, JobPublisher jobs, WebhookMetrics metrics, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Ok, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/sms/status");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Webhooks", "Receive a status callback of Twilio")
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
        if (SmsRequest.SidError(sid) is { } error)
            return Problems.Invalid(new FieldError("MessageSid", error));
        if (parameters["MessageStatus"] is not { } word)
            return Problems.Invalid(new FieldError("MessageStatus", "It must not be empty."));

        if (parameters["ErrorCode"] == SmsStatus.OptedOut && PhoneNumber.IsE164(parameters["To"]))
            await optOuts.InferAsync(parameters["To"]!, sid!, ct);
        if (SmsStatus.Of(word) is { } status)
        {
            await jobs.PublishAsync(new ApplyDeliveryStatuses(Guid.CreateVersion7(timeProvider.GetUtcNow()), [Update(sid!, status, word, parameters)]), ct);
            metrics.Accepted(WebhookSources.Twilio, 1);
        }

        return TypedResults.Ok();
    }

    private DeliveryStatusUpdate Update(string sid, DeliveryStatus status, string word, TwilioParameters parameters) => new(
        sid,
        Guid.TryParse(HttpContext.Request.Query["notification"], out var notification) ? notification : null,
        status,
        timeProvider.GetUtcNow(),
        status == DeliveryStatus.Failed ? SmsStatus.Error(word, parameters["ErrorCode"]) : null);
}

/// <summary>What a status callback says of an SMS that we sent (Twilio's reference, "Message Status Values").</summary>
internal static class SmsStatus
{
    /// <summary>The error of a number that said STOP.</summary>
    public const string OptedOut = "21610";

    private const int MaxErrorCode = 32;

    /// <summary>What became of it; null for what changes nothing: it is still on its way, or the word is not known.</summary>
    public static DeliveryStatus? Of(string? status) => status switch
    {
        "sent" => DeliveryStatus.Sent,
        "delivered" => DeliveryStatus.Delivered,
        "read" => DeliveryStatus.Read,
        "undelivered" or "failed" or "canceled" => DeliveryStatus.Failed,
        _ => null,
    };

    /// <summary>Why it failed, in the words of <see href="https://www.twilio.com/docs/api/errors"/>.</summary>
    /// <param name="status">undelivered, failed or canceled.</param>
    /// <param name="code">The provider's code, if it says one.</param>
    public static string Error(string status, string? code) => code switch
    {
        null or { Length: > MaxErrorCode } => $"Twilio says that it is {status}, and not why.",
        OptedOut => $"{code} The recipient has opted out.",
        "30001" => $"{code} Queue overflow",
        "30002" => $"{code} Account suspended",
        "30003" => $"{code} Unreachable destination handset",
        "30004" => $"{code} Message blocked",
        "30005" => $"{code} Unknown destination handset",
        "30006" => $"{code} Landline or unreachable carrier",
        "30007" => $"{code} Message filtered",
        "30008" => $"{code} Unknown error",
        "30034" => $"{code} Message from an unregistered number",
        _ => $"{code} Twilio says that it is {status}.",
    };
}
