using System.Globalization;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Notifications.Templates;

namespace Switchboard.Edge.Api.Notifications.Notify;

/// <summary>The request that was taken.</summary>
/// <param name="Id">What becomes of it is at <c>/api/notify/{id}</c>.</param>
internal sealed record CreateNotifyResponse(Guid Id);

/// <summary><c>POST /api/notify</c>: says what happened and to whom; the rest is decided for each recipient. Answered when it is on
/// disk.</summary>
internal sealed class CreateNotify(
    CreatingTransactions transactions,
    DailyQuotas quotas,
    CategoryStore categories,
    TemplateStore templates,
    NotifyStore store,
    ScheduledJobs scheduledJobs,
    TimeProvider timeProvider)
    : Endpoint<NotifyBody, Results<Accepted<CreateNotifyResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/notify");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Notify", "Tell recipients something, over whatever channels they prefer")
            .WithDescription(
                "Each entry of `to` is the id of a recipient, or an object with one of `id`, `email`, `phone`, `whatsapp` and `topic`. "
                + "`digest` is `false`, or an object with a `key`. Recipients count among the user's notifications of the day; "
                + "those of a topic when they are planned.")
            .Produces<CreateNotifyResponse>(202).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Accepted<CreateNotifyResponse>, ProblemHttpResult>> ExecuteAsync(
        NotifyBody body, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        var template = body.Template is { } key ? await templates.FindAsync(caller.UserId, key, ct) : null;
        var named = body.Category ?? template?.Category ?? CategorySettings.DefaultName;
        var category = await categories.FindAsync(caller.UserId, named, ct);
        var topics = await store.TopicsAsync(caller.UserId, [.. body.To!.Select(target => target!.Topic).OfType<string>().Distinct()], ct);
        if (Errors(body, named, category, template, topics) is { Count: > 0 } errors)
            return Problems.Invalid(errors);
        if ((category!.IsCritical || body.Priority == JobPriority.Critical) && !caller.Has(Scope.Critical))
            return Problems.MissingScope($"For what is critical the key must have the scope '{Scope.Critical}'.");
        if (await quotas.TakeNotificationsAsync(HttpContext, caller.UserId, body.To!.Count(target => target!.Topic is null), ct) is { } usedUp)
            return usedUp;

        var creation = await transactions.RunAsync(
            HttpContext, body, (transaction, jobs) => MakeAsync(transaction, jobs, caller.UserId, body, category, topics, ct), ct);
        return creation.Refusal is { } refusal
            ? refusal
            : TypedResults.Accepted($"/api/notify/{creation.Answer!.Id}", creation.Answer);
    }

    private static List<FieldError> Errors(
        NotifyBody body, string named, CategorySettings? category, PublishedTemplate? template, IReadOnlyDictionary<string, Guid> topics)
    {
        var errors = new List<FieldError>();
        if (category is null)
            errors.Add(new("category", $"There is no category '{named}'."));
        if (body.Template is not null && template is null)
            errors.Add(new("template", $"There is no published template '{body.Template}'."));
        if (body.Digest is { Key: not null } && category is { Digest: null })
            errors.Add(new("digest", $"The category '{category.Name}' has no digest."));
        foreach (var (index, target) in body.To!.Index())
        {
            if (target!.Topic is { } topic && !topics.ContainsKey(topic))
                errors.Add(new(string.Create(CultureInfo.InvariantCulture, $"to[{index}].topic"), $"There is no topic '{topic}'."));
        }

        return errors;
    }

    private async Task<Creation<CreateNotifyResponse>> MakeAsync(
        NpgsqlTransaction transaction,
        List<OutgoingJob> jobs,
        Guid userId,
        NotifyBody body,
        CategorySettings category,
        IReadOnlyDictionary<string, Guid> topics,
        CancellationToken ct)
    {
        var now = timeProvider.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var priority = body.Priority ?? JobPriority.Normal;
        var request = body.ToRequest(topics);
        if (await NotifyStore.InsertAsync(transaction, new(id, userId, category.Name, priority, body.DedupKey, request, now), ct) is { } first)
            return Creation<CreateNotifyResponse>.Made(new(first));

        var job = new OutgoingJob(new ExpandNotify(Guid.CreateVersion7(now), userId, id, 0, null, priority));
        if (request.SendAt is { } at && at > now)
            await scheduledJobs.InsertAsync(transaction.Connection!, transaction, [job], at, ct);
        else
            jobs.Add(job);
        return Creation<CreateNotifyResponse>.Made(new(id));
    }
}
