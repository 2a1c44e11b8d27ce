using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Webhooks.Email;

/// <summary>How many mails were taken: all of them are on disk at the broker.</summary>
internal sealed record ReceiveEmailResponse(int Accepted);

/// <summary><c>POST /api/webhooks/email</c>: a mail of the key's user, or an array of up to 500.</summary>
internal sealed class ReceiveEmail(JobPublisher jobs, UserShares shares, WebhookMetrics metrics, TimeProvider clock)
    : EndpointWithoutRequest<Results<Accepted<ReceiveEmailResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/webhooks/email");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Webhooks", "Submit a mail, or an array of up to 500")
            .WithMetadata(new WebhookLimitAttribute())
            .Accepts<EmailRequest>("application/json")
            .Produces<ReceiveEmailResponse>(202).Refuses(400, 401, 403, 413, 415, 429, 503));
    }

    public override async Task<Results<Accepted<ReceiveEmailResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (mails, mistakes) = await EmailReader.ReadAsync(HttpContext.Request, ct);
        if (mistakes.Count > 0)
            return Problems.Invalid(mistakes);
        await HttpContext.CostsItemsAsync(mails.Count);

        await PublishAsync(mails, HttpContext.Caller().UserId, ct);
        metrics.Accepted(WebhookSources.Email, mails.Count);
        return TypedResults.Accepted((string?)null, new ReceiveEmailResponse(mails.Count));
    }

    private Task PublishAsync(IReadOnlyList<EmailRequest> mails, Guid userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return mails.Count == 1
            ? jobs.PublishAsync(Job(mails[0]), ct)
            : jobs.PublishAsync([.. mails.Select(mail => new OutgoingJob(Job(mail)))], ct);

        ProcessEmail Job(EmailRequest mail) =>
            new(Guid.CreateVersion7(now), userId, mail.ToMail(now), now, shares.Take(userId, ProcessEmail.Type.Priority));
    }
}
