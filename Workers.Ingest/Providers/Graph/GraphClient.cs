using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>
/// Reads mail through <c>$batch</c>, within the limits of the mailbox. What goes wrong with all of a batch is a
/// <see cref="GraphException"/>, what with one of its calls is that call's answer.
/// </summary>
internal sealed class GraphClient(
    HttpClient http, GraphTokens tokens, IGraphGate gate, IOptions<GraphOptions> options, TimeProvider timeProvider)
{
    /// <summary>How many calls a batch has at the most.</summary>
    public const int MostCalls = 20;

    /// <summary>Sends calls as one batch.</summary>
    /// <param name="account">Whose mailbox they read.</param>
    /// <param name="calls">At most <see cref="MostCalls"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answers in the order of the calls, in whichever they came.</returns>
    public Task<IReadOnlyList<GraphAnswer>> BatchAsync(Guid account, IReadOnlyList<GraphCall> calls, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(calls.Count, MostCalls);
        return calls.Count == 0
            ? Task.FromResult<IReadOnlyList<GraphAnswer>>([])
            : tokens.UseAsync(account, token => gate.PassAsync(account, calls.Count, ct => SendAsync(token, calls, ct), cancellationToken), cancellationToken);
    }

    /// <summary>Sends one call, as a batch of one.</summary>
    /// <exception cref="GraphException">The batch or its call failed.</exception>
    public async Task<GraphContent> ReadAsync(Guid account, GraphCall call, CancellationToken cancellationToken) =>
        (await BatchAsync(account, [call], cancellationToken))[0].Read();

    private async Task<IReadOnlyList<GraphAnswer>> SendAsync(
        string token, IReadOnlyList<GraphCall> calls, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.BatchTimeoutSeconds), timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, GraphPaths.Absolute(options.Value, "/$batch"))
        {
            Content = JsonContent.Create(Body(calls), GraphJson.Default.GraphBatchRequest),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            return Sorted(
                calls, await GraphHttp.SendAsync(http, request, GraphJson.Default.GraphBatchResponse, timeProvider, either.Token));
        }
        catch (OperationCanceledException reason) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GraphException(GraphFailure.Unavailable, "Graph did not answer in time.", innerException: reason);
        }
    }

    private static GraphBatchRequest Body(IReadOnlyList<GraphCall> calls) => new(
        [.. calls.Select((call, i) => new GraphBatchCall(
            Text(i), "GET", call.Url, call.Prefer is null ? null : new Dictionary<string, string> { ["Prefer"] = call.Prefer }))]);

    private GraphAnswer[] Sorted(IReadOnlyList<GraphCall> calls, GraphBatchResponse response)
    {
        var byId = response.Responses.DistinctBy(answer => answer.Id).ToDictionary(answer => answer.Id);
        var answers = new GraphAnswer[calls.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = byId.TryGetValue(Text(i), out var answer)
                ? Read(answer)
                : new(null, new(GraphFailure.Unavailable, "Graph left a call of a batch unanswered."));
            // the whole batch again, with another token
            if (answers[i].Failure is { Failure: GraphFailure.Unauthorized } refused)
                throw refused;
        }

        return answers;
    }

    private GraphAnswer Read(GraphBatchAnswer answer)
    {
        if (answer.Status is < 200 or > 299)
        {
            var retryAfter = answer.Headers?.FirstOrDefault(header => header.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value;
            var error = answer.Body?.Content?.Error;
            return new(null, GraphErrors.Of(answer.Status, error?.Code, error?.Message, GraphErrors.RetryAfter(retryAfter, timeProvider)));
        }

        return answer.Body?.Content is { } content
            ? new(content, null)
            : new(
                null,
                new(GraphFailure.Refused, $"Graph's answer is not what it should be: {answer.Body?.Problem ?? "it is empty."}", answer.Status),
                answer.Body?.Text);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A call of a batch; all of them only read.</summary>
/// <param name="Url">From after the version on: <c>/me/messages/…</c>.</param>
/// <param name="Prefer">The header of that name.</param>
internal sealed record GraphCall(string Url, string? Prefer = null);

/// <summary>What became of a call of a batch: one of both.</summary>
/// <param name="Content">What it answered.</param>
/// <param name="Failure">Why it did not.</param>
/// <param name="Text">What it answered instead: of what is no JSON its bytes, in base64.</param>
internal sealed record GraphAnswer(GraphContent? Content, GraphException? Failure, string? Text = null)
{
    /// <summary>What it answered.</summary>
    /// <exception cref="GraphException">It did not.</exception>
    public GraphContent Read() => Content ?? throw Failure!;
}

/// <summary>The addresses of calls, with exactly the fields that are read.</summary>
internal static class GraphPaths
{
    public const string SentItems = "sentitems";
    public const string Inbox = "inbox";

    private const string Version = "/v1.0";

    private const string SentFields =
        "id,internetMessageId,conversationId,subject,from,toRecipients,ccRecipients,bccRecipients,sentDateTime,receivedDateTime,categories";

    // Graph keeps no headers of what was sent
    private const string ReceivedFields = SentFields + ",internetMessageHeaders,bodyPreview";
    private const string AllFields = ReceivedFields + ",isDraft,parentFolderId";

    /// <summary>A call that is not part of a batch.</summary>
    public static Uri Absolute(GraphOptions options, string path) => new($"{options.ApiBaseUrl.ToString().TrimEnd('/')}{Version}{path}");

    /// <summary>The first page of a folder's mails of a span of time, oldest first.</summary>
    public static string Page(string folder, DateTimeOffset from, DateTimeOffset to, int size) =>
        $"/me/mailFolders/{folder}/messages?$select={FieldsOf(folder)}"
        + $"&$filter=receivedDateTime%20ge%20{Text(from)}%20and%20receivedDateTime%20lt%20{Text(to)}&$orderby=receivedDateTime%20asc&$top={Text(size)}";

    /// <summary>The first mail of a folder since a time, and how many there are.</summary>
    public static string First(string folder, DateTimeOffset? since, DateTimeOffset to) =>
        $"/me/mailFolders/{folder}/messages?$select=receivedDateTime&$filter="
        + (since is { } from ? $"receivedDateTime%20ge%20{Text(from)}%20and%20" : "")
        + $"receivedDateTime%20lt%20{Text(to)}&$orderby=receivedDateTime%20asc&$top=1&$count=true";

    /// <summary>What changes in a folder, beginning with the mails since a time.</summary>
    public static string Delta(string folder, DateTimeOffset since) =>
        $"/me/mailFolders/{folder}/messages/delta?$select={FieldsOf(folder)}&$filter=receivedDateTime%20ge%20{Text(since)}";

    /// <summary>A mail.</summary>
    public static string Message(string id) => $"/me/messages/{Uri.EscapeDataString(id)}?$select={AllFields}";

    /// <summary>What a mail says, and whether something is attached.</summary>
    public static string Content(string id) => $"/me/messages/{Uri.EscapeDataString(id)}?$select=id,body,hasAttachments";

    /// <summary>A mail as it came over the wire.</summary>
    public static string Mime(string id) => $"/me/messages/{Uri.EscapeDataString(id)}/$value";

    /// <summary>The mails with a Message-ID: a copy of what one sends oneself has the same.</summary>
    public static string ByMessageId(string internetMessageId) =>
        $"/me/messages?$select={AllFields}&$filter=internetMessageId%20eq%20{Quoted(internetMessageId)}&$top=10";

    /// <summary>The mails of a conversation.</summary>
    public static string Conversation(string id) => $"/me/messages?$select={AllFields}&$filter=conversationId%20eq%20{Quoted(id)}&$top=100";

    /// <summary>A link of Graph's as a call of a batch; null when it is none.</summary>
    public static string? Relative(string link) =>
        link.IndexOf($"{Version}/", StringComparison.Ordinal) is >= 0 and var at ? link[(at + Version.Length)..] : null;

    private static string FieldsOf(string folder) => folder == SentItems ? SentFields : ReceivedFields;

    private static string Quoted(string text) => Uri.EscapeDataString($"'{text.Replace("'", "''", StringComparison.Ordinal)}'");

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
