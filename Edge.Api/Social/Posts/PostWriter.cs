using System.Globalization;
using Switchboard.Core.Jobs;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Posts;
using Switchboard.Core.Social.Publishing;
using Switchboard.Core.Social.Scheduling;
using Switchboard.Edge.Api.Social.Media;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary>
/// Makes posts and changes them, within the caller's transaction: finds what they name, asks the rules of the platforms and the guard
/// against near-duplicates, stores them and arms what has a time. Whatever is refused, nothing is made.
/// </summary>
internal sealed class PostWriter(PublishTargetStore publishing, DuplicateGuard guard, TimeProvider timeProvider)
{
    /// <summary>Makes posts, all or none.</summary>
    /// <param name="transaction">The caller's, who commits it.</param>
    /// <param name="jobs">Takes what is to be staged with it.</param>
    /// <param name="userId">Whose posts.</param>
    /// <param name="bodies">The posts; they were validated.</param>
    /// <param name="fieldOf">How a field of one is called: index and name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(IReadOnlyList<NewPost> Posts, ProblemHttpResult? Refusal)> CreateAsync(
        NpgsqlTransaction transaction,
        List<OutgoingJob> jobs,
        Guid userId,
        IReadOnlyList<PostBody> bodies,
        Func<int, string, string> fieldOf,
        CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().ToStorable();
        var (posts, errors) = await PostsAsync(transaction, userId, bodies, now, cancellationToken);
        if (errors.Count > 0)
            return ([], Invalid(errors, fieldOf));
        var resolved = await PostResolution.ResolveAsync(transaction, userId, posts, cancellationToken);
        if (RuleErrors(resolved) is { Count: > 0 } wrong)
            return ([], Invalid(wrong, fieldOf));
        var texts = DuplicateGuard.TextsOf(resolved, now).Where(text => bodies[text.Index].AllowDuplicates is not true).ToList();
        if (await guard.FindAsync(transaction, userId, texts, cancellationToken) is { Count: > 0 } met)
            return ([], Duplicates(met));

        await PostStore.InsertAsync(transaction, userId, resolved, now, cancellationToken);
        await ArmAsync(transaction, jobs, userId, posts, now, cancellationToken);
        return (posts, null);
    }

    /// <summary>Changes a post that the transaction holds.</summary>
    public async Task<ProblemHttpResult?> ChangeAsync(PostAction action, ChangePostBody body, CancellationToken cancellationToken)
    {
        var (transaction, jobs, userId, held, now) = action;
        var stored = held.Post;
        if (!body.ChangesWhatIsSent)
        {
            await PostReads.LabelAsync(
                transaction, userId, stored.Id, body.Tags is null ? null : [.. body.TagList()], body.MetadataJson(), now,
                cancellationToken);
            return null;
        }

        if (PostChange.Refusal(held) is { } reason)
            return Problems.Conflict(reason, ProblemKinds.PostFixed);
        var post = PostChange.Of(stored, body, now);
        if (body.ScheduleId is { } schedule && post.State == PostStates.Scheduled)
        {
            var position = await ScheduleQueue.NextPositionAsync(transaction, userId, schedule, cancellationToken);
            if (position is null)
                return Invalid([new(0, "scheduleId", NoSlots(schedule))], (_, field) => field);
            post = post with { QueuePosition = position };
        }

        var resolved = await PostResolution.ResolveAsync(transaction, userId, [post], cancellationToken);
        if (RuleErrors(resolved) is { Count: > 0 } errors)
            return Invalid(errors, (_, field) => field);
        var texts = body.AllowDuplicates is true ? [] : DuplicateGuard.TextsOf(resolved, now);
        if (await guard.FindAsync(transaction, userId, texts, cancellationToken) is { Count: > 0 } met)
            return Duplicates(met);

        await PostStore.ChangeAsync(
            transaction, userId, post, resolved.Targets[0], PublishTargetStore.MaxAttempts, now, cancellationToken);
        await ArmAsync(transaction, jobs, userId, [post], now, cancellationToken);
        return null;
    }

    // it is not there, or a platform would refuse it; drafts are checked when they go
    private static IReadOnlyList<PostError> RuleErrors(ResolvedPosts resolved) => resolved.Errors.Count > 0
        ? resolved.Errors
        :
        [
            .. from one in resolved.Posts.Zip(resolved.Targets).Index()
               where one.Item.First.State != PostStates.Draft
               from error in one.Item.Second.Count == 0
                   ? [new(one.Index, "targets", "It must name accounts or groups.")]
                   : PostCheck.Errors(
                       one.Index, one.Item.First.Content, PostCheck.Of(one.Item.First.Content, one.Item.Second, resolved.Media))
               select error,
        ];

    private async Task ArmAsync(
        NpgsqlTransaction transaction, List<OutgoingJob> jobs, Guid userId, IReadOnlyList<NewPost> posts, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        Guid[] timed = [.. posts.Where(post => post is { State: PostStates.Scheduled, ScheduledAt: not null }).Select(post => post.Id)];
        if (timed.Length > 0)
            jobs.AddRange(await publishing.ArmAsync(transaction, userId, timed, now, cancellationToken));
    }

    // schedules are held in one order by all, and before what they are to post to
    private static async Task<(IReadOnlyList<NewPost> Posts, IReadOnlyList<PostError> Errors)> PostsAsync(
        NpgsqlTransaction transaction, Guid userId, IReadOnlyList<PostBody> bodies, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var queues = new Dictionary<Guid, (long Position, PostTargets Targets)>();
        foreach (var id in bodies.Where(body => body.Draft is not true).Select(body => body.ScheduleId).OfType<Guid>().Distinct().Order())
        {
            if (await ScheduleQueue.NextPositionAsync(transaction, userId, id, cancellationToken) is { } position
                && await ScheduleStore.LockAsync(transaction, userId, id, cancellationToken) is { } schedule)
                queues[id] = (position, schedule.Targets);
        }

        var (posts, errors) = (new List<NewPost>(bodies.Count), new List<PostError>());
        foreach (var (index, body) in bodies.Index())
        {
            var targets = body.Targets?.ToTargets() ?? new();
            long? position = null;
            if (body is { Draft: not true, ScheduleId: { } id })
            {
                if (!queues.TryGetValue(id, out var queue))
                {
                    errors.Add(new(index, "scheduleId", NoSlots(id)));
                    continue;
                }

                targets = targets.IsEmpty ? queue.Targets : targets;
                position = queue.Position;
                queues[id] = queue with { Position = queue.Position + 1 };
            }

            posts.Add(body.ToPost(targets, position, now));
        }

        return (posts, errors);
    }

    private static string NoSlots(Guid id) => $"There is no schedule of slots {id}.";

    private static ProblemHttpResult Invalid(IReadOnlyList<PostError> errors, Func<int, string, string> fieldOf) =>
        Problems.Invalid([.. errors.Select(error => new FieldError(fieldOf(error.Index, error.Field), error.Message))]);

    private static ProblemHttpResult Duplicates(IReadOnlyList<NearDuplicate> met)
    {
        var first = met[0];
        var other = first.PostId is { } id
            ? $"post {id}"
            : string.Create(CultureInfo.InvariantCulture, $"posts[{first.OtherIndex}] of this call");
        var problem = Problems.Conflict(
            string.Create(
                CultureInfo.InvariantCulture,
                $"It says nearly the same as {other}, for {first.At:u}. Change it, or send it with allowDuplicates."),
            ProblemKinds.NearDuplicate);
        problem.ProblemDetails.Extensions["duplicates"] = met;
        return problem;
    }
}

/// <summary>What becomes of a post by a change. Pure decisions.</summary>
internal static class PostChange
{
    /// <summary>Why what is sent can be changed no more; null if it can.</summary>
    public static string? Refusal(HeldPost held) => held.Post.State switch
    {
        PostStates.Published or PostStates.Partly => "It was published: what it says is fixed. Delete it there, or make another post.",
        PostStates.Cancelled => "It was cancelled: make another post.",
        _ when held.Sent > 0 => string.Create(
            CultureInfo.InvariantCulture,
            $"{held.Sent} of its {held.Targets.Count} targets are being sent, or were: what it says is fixed. "
            + $"Cancel the rest, and make a new post."),
        _ => null,
    };

    /// <summary>The post as it is then. What failed is a draft while it is changed, unless it is said when it goes.</summary>
    public static NewPost Of(PostResponse stored, ChangePostBody body, DateTimeOffset now)
    {
        var isDraft = body.Draft
            ?? (stored.State == PostStates.Draft
                || (stored.State == PostStates.Failed && body.ScheduledAt is null && body.ScheduleId is null));
        var staysQueued = !isDraft && body.ScheduledAt is null && stored.QueuePosition is not null;
        var isQueued = !isDraft && (body.ScheduleId is not null || staysQueued);
        return new(stored.Id, body.Content?.ToContent() ?? stored.Content, body.Targets?.ToTargets() ?? stored.Audience)
        {
            State = isDraft ? PostStates.Draft : PostStates.Scheduled,
            ScheduledAt = isQueued ? null : body.ScheduledAt?.ToStorable() ?? stored.ScheduledAt ?? (isDraft ? null : now),
            ScheduleId = isDraft ? null : body.ScheduleId ?? (isQueued || stored.QueuePosition is null ? stored.ScheduleId : null),
            QueuePosition = staysQueued ? stored.QueuePosition : null,
            Tags = body.Tags is null ? stored.Tags : body.TagList(),
            Metadata = body.MetadataJson() ?? stored.Metadata.GetRawText(),
        };
    }
}

/// <summary>Registration of what the endpoints of posts and of the media library need.</summary>
internal static class PostServices
{
    /// <summary>Posts, and the media library.</summary>
    public static IServiceCollection AddSocialPosts(this IServiceCollection services)
    {
        services.AddOptions<DuplicateGuardOptions>().BindConfiguration(DuplicateGuardOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddPublishTargets()
            .AddSingleton<DuplicateGuard>()
            .AddSingleton<PostReads>()
            .AddSingleton<PostWriter>()
            .AddMediaLibrary();
    }
}
