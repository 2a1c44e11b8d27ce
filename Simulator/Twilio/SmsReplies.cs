using System.Xml;
using System.Xml.Linq;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>Sends what a webhook answered: each <c>&lt;Message&gt;</c> of its TwiML, or its plain text.</summary>
internal sealed class SmsReplies(MessageStore<SmsMessage> messages, SmsJournal journal, OptOuts optOuts, StatusQueue statuses)
{
    /// <returns>What the first message says; null when there is none.</returns>
    public string? Send(InboundSms sms, EdgeAnswer answer)
    {
        var replies = Twiml.Read(answer);
        foreach (var reply in replies)
        {
            Send(sms, reply);
        }

        return replies.Count == 0 ? null : replies[0].Body;
    }

    private void Send(InboundSms sms, TwimlMessage reply)
    {
        var to = reply.To ?? sms.From;
        var plan = optOuts.Contains(to) ? SmsPlan.OptedOut : statuses.Plan(SmsStatus.Queued);
        var sent = messages.Add(sequence => new SmsMessage(
            sequence,
            Sids.Message(hasMedia: false),
            SmsDirection.OutboundReply,
            to,
            reply.From ?? sms.To,
            null,
            reply.Body,
            0,
            reply.StatusCallback,
            plan));
        journal.Write(sent);
        statuses.Enqueue(sent);
    }
}

/// <summary>Reads the messages out of what a webhook answered.</summary>
internal static class Twiml
{
    /// <summary>None when it is neither TwiML nor plain text.</summary>
    public static IReadOnlyList<TwimlMessage> Read(EdgeAnswer answer)
    {
        if (answer.MediaType == "text/plain")
        {
            return answer.Body.Length == 0 ? [] : [new TwimlMessage(answer.Body)];
        }

        try
        {
            var response = XDocument.Parse(answer.Body, LoadOptions.PreserveWhitespace).Root;
            return response is { Name.LocalName: "Response" } ? [.. response.Elements("Message").Select(Message)] : [];
        }
        catch (XmlException)
        {
            return [];
        }
    }

    private static TwimlMessage Message(XElement message) => new(
        (message.Element("Body") ?? message).Value.Trim(),
        (string?)message.Attribute("to"),
        (string?)message.Attribute("from"),
        Uri.TryCreate((string?)message.Attribute("statusCallback"), UriKind.Absolute, out var callback) ? callback.AbsoluteUri : null);
}

/// <summary>A message of TwiML.</summary>
/// <param name="Body">What it says.</param>
/// <param name="To">To whom; without it who sent the SMS.</param>
/// <param name="From">From which number; without it the one that the SMS was sent to.</param>
/// <param name="StatusCallback">Where its statuses are told.</param>
internal sealed record TwimlMessage(string Body, string? To = null, string? From = null, string? StatusCallback = null);
