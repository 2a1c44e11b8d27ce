using Switchboard.Simulator.Edge;

namespace Switchboard.Simulator.Twilio;

/// <summary>Sends what a webhook answered: each <c>&lt;Message&gt;</c> of its TwiML, or its plain text.</summary>
internal sealed class TextReplies(TextStore texts, TextJournal journal, OptOuts optOuts, StatusQueue statuses)
{
    /// <returns>What the first message says; null when there is none.</returns>
    public string? Send(InboundText text, EdgeAnswer answer)
    {
        var replies = Twiml.Read(answer);
        foreach (var reply in replies)
        {
            Send(text, reply);
        }

        return replies.Count == 0 ? null : replies[0].Body;
    }

    private void Send(InboundText text, TwimlMessage reply)
    {
        var to = reply.To ?? text.From;
        var plan = optOuts.Contains(to) ? TextPlan.OptedOut : statuses.Plan(TextStatus.Queued);
        var sent = texts.Add(sequence => new TextMessage(
            sequence,
            Sids.Text(hasMedia: false),
            TextDirection.OutboundReply,
            to,
            reply.From ?? text.To,
            null,
            reply.Body,
            0,
            reply.StatusCallback,
            plan));
        journal.Write(sent);
        statuses.Enqueue(sent);
    }
}
