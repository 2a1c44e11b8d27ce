namespace Switchboard.Simulator.GraphControl;

/// <summary>A mailbox of <c>GET /_sim/graph/mailboxes</c>.</summary>
/// <param name="Address">Whose.</param>
/// <param name="Sent">How many mails are in the sent items.</param>
/// <param name="Received">How many are in the inbox.</param>
/// <param name="Added">How many of both were put in by control calls.</param>
/// <param name="Seed">What it was made from.</param>
/// <param name="Until">The end of its days.</param>
/// <param name="Requests">How many requests came, each of a batch counted.</param>
/// <param name="PeakConcurrency">How many of them at once at the most.</param>
/// <param name="Throttled">How many were refused.</param>
/// <param name="ThrottledByConcurrency">Of these, for too many at once.</param>
/// <param name="ThrottledByWindow">Of these, for too many in ten minutes.</param>
/// <param name="Subscriptions">Who is told of its changes.</param>
internal sealed record GraphMailboxView(
    string Address,
    int Sent,
    int Received,
    int Added,
    long Seed,
    DateTimeOffset Until,
    long Requests,
    int PeakConcurrency,
    long Throttled,
    long ThrottledByConcurrency,
    long ThrottledByWindow,
    IReadOnlyList<SubscriptionView> Subscriptions);

/// <summary>A subscription of a mailbox.</summary>
internal sealed record SubscriptionView(Guid Id, string Resource, string NotificationUrl, DateTimeOffset ExpirationDateTime, bool IsPaused);

/// <summary>What <c>POST /_sim/graph/messages</c> answers for a mail.</summary>
internal sealed record AddedGraphMail(string Id, string InternetMessageId, string ConversationId, string Folder, DateTimeOffset At);

/// <summary>The body of <c>POST /_sim/graph/revoke</c> and <c>/stale</c>.</summary>
internal sealed record GraphMailboxName(string? Address);

/// <summary>The body of <c>POST /_sim/graph/lifecycle</c>.</summary>
internal sealed record LifecycleRequest(string? Address, string? Event);

/// <summary>What <c>POST /_sim/graph/lifecycle</c> answers: how many subscriptions were told.</summary>
internal sealed record LifecycleAnswer(int Told);

/// <summary>The body of <c>POST /_sim/graph/tokens</c>.</summary>
/// <param name="LifetimeSeconds">How long access tokens given out from now on are good for.</param>
/// <param name="ExpireNow">Whether those given out so far end now.</param>
/// <param name="SingleUse">Whether a refresh token is good for one refresh only.</param>
internal sealed record GraphTokenSettings(int? LifetimeSeconds = null, bool ExpireNow = false, bool? SingleUse = null);

/// <summary>A page of <c>GET /_sim/graph/mailboxes/{address}/truth/mails</c>.</summary>
internal sealed record TruthPage(IReadOnlyList<MailTruth> Items, int Total);

/// <summary>What a perfect tracker would know of a sent mail; <c>status</c> is active, responded or bounced.</summary>
internal sealed record MailTruth(string InternetMessageId, string Status, long? ResponseSeconds, bool AutoReplied);
