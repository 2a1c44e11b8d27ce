using System.Globalization;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>Takes SMS that somebody sends to the account, and calls the webhook for each.</summary>
internal sealed class SmsInbox(
    InboundForm form,
    WebhookRequest webhooks,
    SmsReplies replies,
    MessageStore<SmsMessage> messages,
    SmsJournal journal,
    OptOuts optOuts,
    EdgeClient edge,
    IOptions<TwilioOptions> options,
    TimeProvider timeProvider)
{
    // how long Twilio waits for an answer
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);
    private readonly Uri _webhook = new(edge.Address, "/api/sms/webhook");

    /// <summary>The SMS that came last; null before the first.</summary>
    public InboundSms? Last { get; private set; }

    public async Task<InboundAnswer> ReceiveAsync(NewSms request, CancellationToken cancellationToken)
    {
        var sid = request.MessageSid ?? Sids.Message(request.Media is { Count: > 0 });
        var to = request.To ?? options.Value.PhoneNumber;
        if (request.MessageSid is null || messages.Find(sid) is null)
        {
            journal.Write(messages.Add(sequence => new SmsMessage(
                sequence,
                sid,
                SmsDirection.Inbound,
                to,
                request.From!,
                null,
                request.Body ?? "",
                request.Media?.Count ?? 0,
                null,
                SmsPlan.Received)));
        }

        optOuts.Read(SendValidation.Number(request.From!) ?? request.From!, request.Body ?? "", request.OptOutType);
        var sms = new InboundSms(sid, request.From!, to, form.Of(request, sid, to), request.Json, request.Signature);
        Last = sms;
        var answers = await Task.WhenAll(Enumerable.Range(0, request.Times).Select(_ => DeliverAsync(sms, cancellationToken)));
        return answers.Length == 1 ? answers[0] : answers[0] with { Answers = answers };
    }

    /// <summary>Calls the webhook, and once more when it did not answer or could not; what it replies is sent.</summary>
    public async Task<InboundAnswer> DeliverAsync(InboundSms sms, CancellationToken cancellationToken)
    {
        var token = Guid.CreateVersion7(timeProvider.GetUtcNow());
        var answer = await CallAsync(sms, token, cancellationToken);
        if (answer is null or { Status: >= 500 })
        {
            answer = await CallAsync(sms, token, cancellationToken);
        }

        var reply = answer is { IsSuccess: true } ? replies.Send(sms, answer) : null;
        return new InboundAnswer(sms.Sid, answer?.Status, answer?.Body, reply);
    }

    private async Task<EdgeAnswer?> CallAsync(InboundSms sms, Guid token, CancellationToken cancellationToken)
    {
        using var request = sms.IsJson
            ? webhooks.Json(_webhook, sms.Form, token, sms.Signature)
            : webhooks.Form(_webhook, sms.Form, token, sms.Signature);
        return await edge.AskAsync(request, AnswerTimeout, cancellationToken);
    }
}

/// <summary>An SMS that came in, as the webhook is told of it, however often.</summary>
/// <param name="Sid">Its id.</param>
/// <param name="From">Who sent it.</param>
/// <param name="To">The account's number.</param>
/// <param name="Form">The parameters.</param>
/// <param name="IsJson">Whether they go as JSON.</param>
/// <param name="Signature">In place of the right one.</param>
internal sealed record InboundSms(
    string Sid, string From, string To, IReadOnlyList<KeyValuePair<string, string>> Form, bool IsJson, string? Signature);

/// <summary>The parameters of the webhook for an SMS that came in, the empty ones with them.</summary>
internal sealed class InboundForm(MediaLinks links, IOptions<TwilioOptions> options)
{
    public IReadOnlyList<KeyValuePair<string, string>> Of(NewSms sms, string sid, string to)
    {
        var (body, media) = (sms.Body ?? "", sms.Media ?? []);
        List<KeyValuePair<string, string>> form =
        [
            new("ToCountry", "US"),
            new("ToState", ""),
            new("SmsMessageSid", sid),
            new("NumMedia", media.Count.ToString(CultureInfo.InvariantCulture)),
            new("ToCity", ""),
            new("FromZip", ""),
            new("SmsSid", sid),
            new("FromState", ""),
            new("SmsStatus", "received"),
            new("FromCity", ""),
            new("Body", body),
            new("FromCountry", "US"),
            new("To", to),
            new("ToZip", ""),
            new("NumSegments", Math.Max(Segments.Count(body), media.Count).ToString(CultureInfo.InvariantCulture)),
            new("MessageSid", sid),
            new("AccountSid", options.Value.AccountSid),
            new("From", sms.From!),
            new("ApiVersion", "2010-04-01"),
        ];
        if (sms.OptOutType is { } type)
        {
            form.Add(new("OptOutType", type));
        }

        foreach (var (file, index) in media.Select((file, index) => (file, index)))
        {
            form.Add(new($"MediaContentType{index}", file.ContentType!));
            form.Add(new($"MediaUrl{index}", file.Url ?? links.Resource(sid, MediaSpec.Of(file))));
        }

        return form;
    }
}
