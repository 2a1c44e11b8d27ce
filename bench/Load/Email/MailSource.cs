using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Switchboard.Load.Api;
using Switchboard.Load.Driving;

namespace Switchboard.Load.Email;

/// <summary>The mails of a run: users take turns, and so do the kinds. Bodies are written once; only the token's number is put in for each.</summary>
internal sealed class MailSource : ILoadSource
{
    private readonly RunToken _token;
    private readonly Uri _address;
    private readonly string[] _authorizations;
    private readonly Body[][] _bodies;

    public MailSource(Uri edge, RunToken token, IReadOnlyList<LoadUser> users)
    {
        _token = token;
        _address = new Uri(edge, "/api/webhooks/email");
        _authorizations = [.. users.Select(user => $"Bearer {user.Key}")];
        _bodies = [.. users.Select((_, user) => MailKinds.Of(user).Select(kind => Write(user, kind)).ToArray())];
        MaxBodyLength = _bodies.Max(kinds => kinds.Max(body => body.Json.Length));
    }

    public int MaxBodyLength { get; }

    /// <summary>Whose mail a number is, and of which kind: every user gets every kind.</summary>
    public static (int User, int Kind) Of(long number, int users) => ((int)(number % users), (int)((number + (number / users)) % MailKinds.Count));

    public HttpRequestMessage Build(long number, byte[] buffer)
    {
        var (user, kind) = Of(number, _bodies.Length);
        var body = _bodies[user][kind];
        body.Json.CopyTo(buffer, 0);
        foreach (var at in body.Tokens)
        {
            _token.Patch(buffer.AsSpan(at), number);
        }

        var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new ReadOnlyMemoryContent(buffer.AsMemory(0, body.Json.Length)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.TryAddWithoutValidation("Authorization", _authorizations[user]);
        return request;
    }

    private Body Write(int user, MailSpec kind)
    {
        var token = _token.Of(0);
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new MailBody($"{token}@load.test", kind.From, $"user{user}@load.test", $"{kind.Subject} {token}", kind.Text, kind.HasAttachment ? [MailAttachment.Report] : null),
            EmailJson.Default.MailBody);
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
