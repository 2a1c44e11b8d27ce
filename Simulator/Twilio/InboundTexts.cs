using Microsoft.Extensions.Options;
using Switchboard.Simulator.Edge;

namespace Switchboard.Simulator.Twilio;

/// <summary>Takes texts that somebody sends to the account, and calls the webhook for each.</summary>
internal sealed class InboundTexts(
    InboundForm form,
    WebhookRequest webhooks,
    TextReplies replies,
    TextStore texts,
    TextJournal journal,
    OptOuts optOuts,
    EdgeClient edge,
    IOptions<TwilioOptions> options)
{
    // how long Twilio waits for an answer
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly Uri _webhook = new(edge.Address, "/api/sms/webhook");

    /// <summary>The text that came last; null before the first.</summary>
    public InboundText? Last { get; private set; }

    public async Task<InboundAnswer> ReceiveAsync(NewText request, CancellationToken cancellation)
    {
        var sid = request.MessageSid ?? Sids.Text(request.Media is { Count: > 0 });
        var to = request.To ?? options.Value.PhoneNumber;
        if (request.MessageSid is null || texts.Find(sid) is null)
        {
            journal.Write(texts.Add(sequence => new TextMessage(
                sequence,
                sid,
                TextDirection.Inbound,
                to,
                request.From!,
                null,
                request.Body ?? "",
                request.Media?.Count ?? 0,
                null,
                TextPlan.Received)));
        }

        optOuts.Read(SendValidation.Number(request.From!) ?? request.From!, request.Body ?? "", request.OptOutType);
        var text = new InboundText(sid, request.From!, to, form.Of(request, sid, to), request.Json, request.Signature);
        Last = text;
        var answers = await Task.WhenAll(Enumerable.Range(0, request.Times).Select(_ => DeliverAsync(text, cancellation)));
        return answers.Length == 1 ? answers[0] : answers[0] with { Answers = answers };
    }

    /// <summary>Calls the webhook, and once more when it did not answer or could not; what it replies is sent.</summary>
    public async Task<InboundAnswer> DeliverAsync(InboundText text, CancellationToken cancellation)
    {
        var token = Guid.CreateVersion7();
        var answer = await CallAsync(text, token, cancellation);
        if (answer is null or { Status: >= 500 })
        {
            answer = await CallAsync(text, token, cancellation);
        }

        var reply = answer is { IsSuccess: true } ? replies.Send(text, answer) : null;
        return new InboundAnswer(text.Sid, answer?.Status, answer?.Body, reply);
    }

    private async Task<EdgeAnswer?> CallAsync(InboundText text, Guid token, CancellationToken cancellation)
    {
        using var request = text.IsJson
            ? webhooks.Json(_webhook, text.Form, token, text.Signature)
            : webhooks.Form(_webhook, text.Form, token, text.Signature);
        return await edge.AskAsync(request, Patience, cancellation);
    }
}
