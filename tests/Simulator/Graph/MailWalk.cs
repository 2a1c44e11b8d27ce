namespace Switchboard.Tests.Simulator.Graph;

/// <summary>Reads a whole mailbox through the API and finds out by itself what became of each sent mail.</summary>
internal static class MailWalk
{
    private const string Fields =
        "$top=500&$select=internetMessageId,sentDateTime,receivedDateTime,toRecipients,conversationId,internetMessageHeaders";

    public static async Task<Dictionary<string, WalkedMail>> ReadAsync(GraphClient graph)
    {
        var (sent, _, _) = await graph.WalkAsync($"me/mailFolders/sentitems/messages?{Fields}");
        var (inbox, _, _) = await graph.WalkAsync($"me/mailFolders/inbox/messages?{Fields}");
        var mails = sent.ToDictionary(mail => (string)mail["internetMessageId"]!, mail => new WalkedMail(
            (DateTimeOffset)mail["sentDateTime"]!,
            ((string)mail["toRecipients"]![0]!["emailAddress"]!["address"]!).Split('@')[1],
            (string)mail["conversationId"]!));
        foreach (var mail in inbox)
        {
            var headers = mail["internetMessageHeaders"]!.AsArray().ToDictionary(header => (string)header!["name"]!, header => (string)header!["value"]!);
            var answered = mails[headers["In-Reply-To"]];
            answered.ConversationId.ShouldBe((string)mail["conversationId"]!);
            answered.Take(headers, (DateTimeOffset)mail["receivedDateTime"]!);
        }

        return mails;
    }
}

/// <summary>A sent mail, and what was found to have become of it.</summary>
internal sealed class WalkedMail(DateTimeOffset sentAt, string domain, string conversationId)
{
    public DateTimeOffset SentAt => sentAt;

    public string Domain => domain;

    public string ConversationId => conversationId;

    public long? ResponseSeconds { get; private set; }

    public bool AutoReplied { get; private set; }

    public bool Bounced { get; private set; }

    public string Status => ResponseSeconds is not null ? "responded" : Bounced ? "bounced" : "active";

    public void Take(Dictionary<string, string> headers, DateTimeOffset at)
    {
        if (headers["Content-Type"].StartsWith("multipart/report", StringComparison.Ordinal))
        {
            Bounced = true;
        }
        else if (headers.ContainsKey("Auto-Submitted"))
        {
            AutoReplied = true;
        }
        else
        {
            var seconds = (long)(at - sentAt).TotalSeconds;
            ResponseSeconds = Math.Min(ResponseSeconds ?? seconds, seconds);
        }
    }
}
