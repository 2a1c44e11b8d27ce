using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Switchboard.Load.Running;

namespace Switchboard.Load.Email;

/// <summary>
/// The mails of a run: for each user in turn, of each kind in turn. Bodies are serialised once; each mail only changes the number in
/// its token.
/// </summary>
internal sealed class EmailSource : ILoadSource
{
    private readonly RunToken _token;
    private readonly Uri _address;
    private readonly string[] _authorizations;
    private readonly Body[][] _bodies;

    public EmailSource(Uri edge, RunToken token, IReadOnlyList<LoadUser> users)
    {
        _token = token;
        _address = new Uri(edge, "/api/webhooks/email");
        _authorizations = [.. users.Select(user => $"Bearer {user.Key}")];
        _bodies = [.. users.Select((_, user) => EmailKinds.Of(user).Select(kind => Write(user, kind)).ToArray())];
        MaxBodyLength = _bodies.Max(kinds => kinds.Max(body => body.Json.Length));
    }

    public int MaxBodyLength { get; }

    /// <summary>The user and the kind of the mail with a number: every user gets every kind.</summary>
    public static (int User, int Kind) Of(long number, int users) =>
        ((int)(number % users), (int)((number + (number / users)) % EmailKinds.Count));

    public HttpRequestMessage Build(long number, byte[] buffer)
    {
        var (user, kind) = Of(number, _bodies.Length);
        var body = _bodies[user][kind];
        body.Json.CopyTo(buffer, 0);
        foreach (var at in body.Tokens)
        {
            _token.Patch(buffer.AsSpan(at), number);
        }

        var content = new ReadOnlyMemoryContent(buffer.AsMemory(0, body.Json.Length));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", _authorizations[user]);
        return request;
    }

    private Body Write(int user, EmailMessage kind)
    {
        var token = _token.Of(0);
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new EmailBody(
                $"{token}@load.test",
                kind.From,
                $"user{user}@load.test",
                $"{kind.Subject} {token}",
                kind.Text,
                kind.HasAttachment ? [EmailAttachment.Report] : null),
            EmailJson.Default.EmailBody);
        List<int> tokens = [];
        var needle = Encoding.UTF8.GetBytes(token);
        for (var at = json.AsSpan().IndexOf(needle); at >= 0;)
        {
            tokens.Add(at);
            var next = json.AsSpan(at + needle.Length).IndexOf(needle);
            at = next < 0 ? -1 : at + needle.Length + next;
        }

        return new Body(json, [.. tokens]);
    }

    private sealed record Body(byte[] Json, int[] Tokens);
}

/// <summary>Twenty kinds of mail to a user: two of them match nothing, some match two rules. About 1 KB each.</summary>
internal static class EmailKinds
{
    public const int Count = 20;
    private const int TextLength = 800;

    private static readonly string[] Filler =
    [
        "We hope that this finds you well.",
        "The numbers of the quarter are in the usual place.",
        "Please have a look when you find the time.",
        "Nothing else has changed since we last wrote.",
        "The team in the north sends its regards.",
        "As ever, an answer to this address reaches us.",
        "The second half of the list follows on Thursday.",
        "Many thanks for your patience so far.",
    ];

    public static IReadOnlyList<EmailMessage> Of(int user) =>
    [
        new($"billing@acme{user}.test", "Invoice for hosting", Text("Your invoice is ready.")),
        new($"billing@acme{user}.test", "Payment due in seven days", Text("Please pay soon.")),
        new($"billing@acme{user}.test", "A change of our terms", Text("Our terms change next year.")),
        new("books@paper.test", "Your invoice", Text("Thank you for reading.")),
        new("sales@tools.test", "Invoice and receipt", Text("Thank you for your trust."), HasAttachment: true),
        new($"alerts@status{user}.test", "Checkout is slow", Text("The checkout answers slowly.")),
        new($"alerts@eu.status{user}.test", "Search is back", Text("The search is well again.")),
        new($"alerts@status{user}.test", "Disk nearly full", Text("Nine tenths are used.")),
        new("orders@shop.test", "Good news", Text("Your order is on its way.")),
        new("post@eu.shop.test", "Parcel", Text("Your parcel has been shipped.")),
        new("cards@north.bank.test", "Your statement", Text("Your statement is there.")),
        new("cards@south.bank.test", "A new device", Text("A new device was added.")),
        new("ann@corp.test", "Plan", Text("There is a meeting about it tomorrow.")),
        new("bob@corp.test", "Lunch", Text("The meeting tomorrow begins at ten.")),
        new("data@corp.test", "Numbers", Text("The report for the week is attached."), HasAttachment: true),
        new("data@corp.test", "Report, urgent", Text("Please read it today."), HasAttachment: true),
        new("boss@corp.test", "A word", Text("Come and see me.")),
        new("carl@corp.test", "Urgent: the printer", Text("It is out of paper.")),
        new($"noreply@status{user}.test", "Weekly summary", Text("All was well.")),
        new("news@letters.test", "Five small tools", Text("A meeting tomorrow was cancelled, so we read.")),
    ];

    private static string Text(string first)
    {
        var text = new StringBuilder(first);
        for (var line = first.Length; text.Length < TextLength; line++)
        {
            text.Append('\n').Append(Filler[line % Filler.Length]);
        }

        return text.ToString();
    }
}

/// <summary>A kind of mail.</summary>
/// <param name="From">The sender's address.</param>
/// <param name="Subject">The subject, before the token.</param>
/// <param name="Text">The text.</param>
/// <param name="HasAttachment">Whether something is attached.</param>
internal sealed record EmailMessage(string From, string Subject, string Text, bool HasAttachment = false);

internal sealed record EmailBody(
    string MessageId, string From, string To, string Subject, string Text, IReadOnlyList<EmailAttachment>? Attachments);

internal sealed record EmailAttachment(string Name, string ContentType, long Size)
{
    public static EmailAttachment Report { get; } = new("report.pdf", "application/pdf", 48_213);
}
