using Switchboard.Core.Jobs;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Sms.Messages;
using Switchboard.Edge.Api.Sms.PhoneNumbers;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>
/// <c>POST /api/sms/webhook</c>: an SMS came. Verified by its signature, queued for its number's owner, answered at once in TwiML.
/// One that is not taken is recorded without its words, and its sender told: over the limit each time, an unknown one once a day.
/// </summary>
internal sealed partial class ReceiveSms(
    TwilioRequests requests, NumberOwners owners, SmsLimit limit, RefusedSmsStore store, SmsOptOutStore optOuts, JobPublisher jobs,
    WebhookMetrics metrics, SmsMetrics smsMetrics, TimeProvider timeProvider, ILogger<ReceiveSms> logger)
    : EndpointWithoutRequest<Results<ContentHttpResult, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/sms/webhook");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Webhooks", "Receive an SMS from Twilio")
            .WithMetadata(new WebhookLimitAttribute())
            .Accepts<IFormCollection>(TwilioRequests.Form, TwilioRequests.Json)
            .Produces<string>(200, "text/xml").Refuses(400, 403, 413, 415, 429, 503));
    }

    public override async Task<Results<ContentHttpResult, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (parameters, refusal) = await requests.ReadAsync(HttpContext, ct);
        if (parameters is null)
            return refusal!;
        var (sms, errors) = SmsRequest.Read(parameters, timeProvider.GetUtcNow());
        if (sms is null)
            return Problems.Invalid(errors);

        // an alphanumeric sender (SUPPORT) has no owner and gets no reply
        var contact = PhoneNumber.ContactOf(sms.From);
        var wish = OptOutKeywords.Of(parameters["OptOutType"], sms.Body);
        // before all else: STOP counts from any number, and over the limit too
        if (contact is not null && wish == OptOutKeyword.Stop)
            await optOuts.StopAsync(contact, sms.MessageSid, ct);
        else if (contact is not null && wish == OptOutKeyword.Start)
            await optOuts.StartAsync(contact, sms.MessageSid, ct);
        return await TakeAsync(sms, contact, mayReply: contact is not null && wish != OptOutKeyword.Stop, ct);
    }

    private async Task<ContentHttpResult> TakeAsync(InboundSms sms, string? contact, bool mayReply, CancellationToken ct)
    {
        var found = contact is null ? NumberOwner.None : await owners.FindAsync(contact, ct);
        var owner = found.PhoneNumberId is { } number && await owners.IsVerifiedAsync(number, ct) ? found.UserId : null;

        var permit = await limit.TakeAsync(contact ?? sms.From, sms.MessageSid, ct);
        if (!permit.IsGranted)
            return await RefuseAsync(sms, owner, permit, mayReply, ct);
        if (owner is null)
            return await AnswerUnknownAsync(sms, contact, isLinked: found.PhoneNumberId is not null, mayReply, ct);

        await jobs.PublishAsync(new EnrichMessage(Guid.CreateVersion7(sms.ReceivedAt), owner.Value, sms), ct);
        metrics.Accepted(WebhookSources.Twilio, 1);
        return TwiML.Taken();
    }

    private async Task<ContentHttpResult> RefuseAsync(InboundSms sms, Guid? owner, SmsPermit permit, bool mayReply, CancellationToken ct)
    {
        if (await store.AddRefusedAsync(sms, owner, ct))
        {
            smsMetrics.Refused();
            Log.Refused(logger, sms.MessageSid, limit.PerHour);
        }

        return mayReply ? TwiML.Reply(SmsReplies.Refused(limit.PerHour, permit.RetryAfter)) : TwiML.Taken();
    }

    private async Task<ContentHttpResult> AnswerUnknownAsync(
        InboundSms sms, string? contact, bool isLinked, bool mayReply, CancellationToken ct) =>
        await store.AddUnknownAsync(sms, isLinked, mayReply ? contact : null, ct)
            ? TwiML.Reply(isLinked ? SmsReplies.Unverified : SmsReplies.Unknown)
            : TwiML.Taken();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The SMS {Sid} was refused: its number sent more than {Limit} in an hour")]
        public static partial void Refused(ILogger logger, string sid, int limit);
    }
}
