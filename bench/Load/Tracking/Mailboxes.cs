using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking;

/// <summary>The mailboxes of the simulator's Microsoft 365.</summary>
internal sealed class GraphMailboxes(ApiClient simulator)
{
    private const int MaxPerRequest = 10_000;

    /// <summary>The highest limits that the simulator takes; the product still keeps to its own.</summary>
    private static readonly MailboxLimits NoLimits = new(1_000, 10_000_000);

    public Task<MailboxView> MakeAsync(NewMailbox mailbox, CancellationToken cancellationToken) => simulator.PostAsync(
        "/_sim/graph/mailboxes", null, mailbox, MailboxJson.Default.NewMailbox, MailboxJson.Default.MailboxView, cancellationToken);

    /// <summary>Makes one that is empty.</summary>
    public Task<MailboxView> MakeAsync(string address, DateTimeOffset until, CancellationToken cancellationToken) =>
        MakeAsync(new NewMailbox(address, 0, 0, 0, 0, 1, 1, until), cancellationToken);

    /// <summary>A mailbox; null when there is none.</summary>
    public Task<MailboxView?> FindAsync(string address, CancellationToken cancellationToken) =>
        simulator.FindAsync(
            $"/_sim/graph/mailboxes/{Uri.EscapeDataString(address)}", null, MailboxJson.Default.MailboxView, cancellationToken);

    /// <summary>Adds mails.</summary>
    /// <returns>Their ids, in the same order.</returns>
    public async Task<IReadOnlyList<AddedEmail>> AddAsync(IEnumerable<NewEmail> mails, CancellationToken cancellationToken)
    {
        List<AddedEmail> added = [];
        foreach (var part in mails.Chunk(MaxPerRequest))
        {
            added.AddRange(await simulator.PostAsync(
                "/_sim/graph/messages",
                null,
                part,
                MailboxJson.Default.NewEmailArray,
                MailboxJson.Default.AddedEmailArray,
                cancellationToken));
        }

        return added;
    }

    /// <summary>Lifts the limits of all mailboxes, until the simulator is restarted or they are set again.</summary>
    public Task LiftLimitsAsync(CancellationToken cancellationToken) => simulator.PostAsync(
        "/_sim/graph/limits", null, NoLimits, MailboxJson.Default.MailboxLimits, MailboxJson.Default.MailboxLimits, cancellationToken);
}

/// <summary>A mailbox for the simulator to make.</summary>
internal sealed record NewMailbox(
    string Address,
    int Messages,
    double ReplyRate,
    double AutoReplyRate,
    double BounceRate,
    double SpanDays,
    long Seed,
    DateTimeOffset Until);

/// <summary>A mailbox as the simulator has it.</summary>
internal sealed record MailboxView(
    string Address, int Sent, int Received, long Requests, long Throttled, IReadOnlyList<MailboxSubscription> Subscriptions);

internal sealed record MailboxSubscription(Guid Id, string Resource);

/// <summary>A mail to add to a mailbox.</summary>
internal sealed record NewEmail(string Address, string Folder, string To, string Subject, string Body, bool Silent);

/// <summary>Its ids.</summary>
internal sealed record AddedEmail(string Id, string InternetMessageId);

/// <summary>The request limits of the simulator's mailboxes.</summary>
internal sealed record MailboxLimits(int MaxConcurrentRequests, int MaxRequestsInWindow);

/// <summary>
/// Connects mailboxes of Microsoft 365 as a person does with a browser: asks the product where to go, confirms there, signs in at the
/// provider, and comes back to the product with a code.
/// </summary>
internal sealed class AccountConnector(ApiClient edge) : IDisposable
{
    private const int MaxRedirects = 5;
    private readonly HttpClient _browser = new(
        new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null, AllowAutoRedirect = false });

    /// <summary>Connects a mailbox of a user.</summary>
    /// <exception cref="LoadException">The redirects ended somewhere else.</exception>
    public async Task<EmailAccount> ConnectAsync(LoadUser user, string address, CancellationToken cancellationToken)
    {
        var pending = await edge.PostAsync(
            "/api/accounts/email",
            user.Key,
            new NewAccount("microsoft", address),
            MailboxJson.Default.NewAccount,
            MailboxJson.Default.PendingAccount,
            cancellationToken);
        var account = await AuthorizeAsync(pending.AuthorizationUrl, cancellationToken);
        return account.Address.Equals(address, StringComparison.OrdinalIgnoreCase)
            ? account
            : throw new LoadException(
                $"{address} was to be connected, but {account.Address} was: does {pending.AuthorizationUrl} name it by login_hint?");
    }

    public void Dispose() => _browser.Dispose();

    private async Task<EmailAccount> AuthorizeAsync(Uri authorization, CancellationToken cancellationToken)
    {
        var next = authorization;
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var shown = await OpenAsync(HttpMethod.Get, next, cancellationToken);
            // the product's own page, which says who asks
            var isPage = next == authorization && shown.IsSuccessStatusCode && shown.Content.Headers.ContentType?.MediaType == "text/html";
            using var confirmed = isPage ? await OpenAsync(HttpMethod.Post, next, cancellationToken) : null;
            var answer = confirmed ?? shown;
            if (answer.Headers.Location is { } location)
            {
                next = new Uri(next, location);
                continue;
            }

            // neither a sign-in page nor an error page is JSON of an account
            if (redirects == 0 || !answer.IsSuccessStatusCode || answer.Content.Headers.ContentType?.MediaType != "application/json")
            {
                var content = await answer.Content.ReadAsStringAsync(cancellationToken);
                throw new LoadException($"Connecting an account ended at {next} with {(int)answer.StatusCode}: {content}");
            }

            return (await answer.Content.ReadFromJsonAsync(MailboxJson.Default.EmailAccount, cancellationToken))!;
        }

        throw new LoadException($"Connecting an account leads from one address to the next, the last one {next}.");
    }

    private async Task<HttpResponseMessage> OpenAsync(HttpMethod method, Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            return await _browser.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new LoadException($"Connecting an account leads to {address}, where nothing answers ({e.Message}).", e);
        }
    }
}

internal sealed record NewAccount(string Provider, string Address);

/// <summary>An account that is being connected.</summary>
internal sealed record PendingAccount(Guid Id, Uri AuthorizationUrl);

/// <summary>An account as the product shows it.</summary>
internal sealed record EmailAccount(Guid Id, string Provider, string Address, string Status, JsonElement? Tracking);

internal sealed record EmailAccountPage(IReadOnlyList<EmailAccount> Items, string? NextCursor);

/// <summary>The JSON of mailboxes and accounts, at the product and at the simulator.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewMailbox))]
[JsonSerializable(typeof(MailboxView))]
[JsonSerializable(typeof(NewEmail[]))]
[JsonSerializable(typeof(AddedEmail[]))]
[JsonSerializable(typeof(MailboxLimits))]
[JsonSerializable(typeof(NewAccount))]
[JsonSerializable(typeof(PendingAccount))]
[JsonSerializable(typeof(EmailAccount))]
[JsonSerializable(typeof(EmailAccountPage))]
internal sealed partial class MailboxJson : JsonSerializerContext;
