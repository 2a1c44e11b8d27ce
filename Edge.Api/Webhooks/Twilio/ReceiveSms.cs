using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Core.Jobs;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;
using Switchboard.Edge.Api.Sms.Messages;
using Switchboard.Edge.Api.Sms.PhoneNumbers;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>
/// <c>POST /api/sms/webhook</c>: a text came. Verified by its signature, queued for its number's owner, answered at once in TwiML.
/// A text that is not taken is kept as such, and its sender told: over the limit each time, a stranger once a day.
/// </summary>
internal sealed partial class ReceiveSms(
    TwilioRequests requests, NumberLinks links, NumberVerifications verifications, SmsLimit limit, SmsRecords records, SmsOptOutStore optOuts,
    JobPublisher jobs, WebhookMetrics metrics, SmsMetrics textMetrics, TimeProvider time, ILogger<ReceiveSms> logger)
    : EndpointWithoutRequest<Results<ContentHttpResult, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/sms/webhook");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Webhooks", "Take a text from Twilio")
            .WithMetadata(new WebhookLimitAttribute())
            .Accepts<IFormCollection>(TwilioRequests.Form, TwilioRequests.Json)
            .Produces<string>(200, "text/xml").Refuses(400, 403, 413, 415, 429, 503));
    }

    public override async Task<Results<ContentHttpResult, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (parameters, refusal) = await requests.ReadAsync(HttpContext, ct);
        if (parameters is null)
            return refusal!;
        var (text, mistakes) = SmsRequest.Read(parameters, time.GetUtcNow());
        if (text is null)
            return Problems.Invalid(mistakes);

        // before all else: STOP counts from whoever it comes, and over the limit too
        var wish = OptOutWord.Of(parameters["OptOutType"], text.Body);
        if (wish == OptOutWish.Stop)
            await optOuts.StopAsync(text.From, text.MessageSid, ct);
        else if (wish == OptOutWish.Start)
            await optOuts.StartAsync(text.From, text.MessageSid, ct);
        return await TakeAsync(text, mayReply: wish != OptOutWish.Stop, ct);
    }

    private async Task<ContentHttpResult> TakeAsync(InboundSms text, bool mayReply, CancellationToken ct)
    {
        var link = await links.FindAsync(text.From, ct);
        var owner = link.PhoneNumberId is { } number && await verifications.IsVerifiedAsync(number, ct) ? link.UserId : null;

        var permit = await limit.TakeAsync(text.From, text.MessageSid, ct);
        if (!permit.IsGranted)
            return await RefuseAsync(text, owner, permit, mayReply, ct);
        if (owner is null)
            return await AnswerStrangerAsync(text, isLinked: link.PhoneNumberId is not null, mayReply, ct);

        await jobs.PublishAsync(new EnrichMessage(Guid.CreateVersion7(text.ReceivedAt), owner.Value, text), ct);
        metrics.Accepted(WebhookSources.Twilio, 1);
        return TwiML.Taken();
    }

    private async Task<ContentHttpResult> RefuseAsync(InboundSms text, Guid? owner, SmsPermit permit, bool mayReply, CancellationToken ct)
    {
        if (await records.AddRefusedAsync(text, owner, ct))
        {
            textMetrics.Refused();
            Log.Refused(logger, text.MessageSid, text.From, limit.Texts);
        }

        return mayReply ? TwiML.Reply(SmsReplies.Refused(limit.Texts, permit.RetryAfter)) : TwiML.Taken();
    }

    private async Task<ContentHttpResult> AnswerStrangerAsync(InboundSms text, bool isLinked, bool mayReply, CancellationToken ct) =>
        await records.AddStrangerAsync(text, isLinked, mayReply, ct)
            ? TwiML.Reply(isLinked ? SmsReplies.Unverified : SmsReplies.Unknown)
            : TwiML.Taken();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The text {Sid} of {Number} was refused: over {Limit} an hour")]
        public static partial void Refused(ILogger logger, string sid, string number, int limit);
    }
}
