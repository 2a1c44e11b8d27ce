using FluentValidation;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Posts;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary>A post to be looked at.</summary>
internal sealed class ValidatePostBody : PostFields;

internal sealed class ValidatePostValidator : PostFieldsValidator<ValidatePostBody>
{
    public ValidatePostValidator(TimeProvider timeProvider)
        : base(timeProvider) => RuleFor(body => body.Content).NotNull();
}

/// <summary>What would become of a post.</summary>
/// <param name="IsValid">Whether it would be taken.</param>
/// <param name="Targets">What each account gets, those that get the same together; without targets, what each platform would say.</param>
/// <param name="Errors">What it names that is not there.</param>
/// <param name="Duplicates">Posts that say nearly the same.</param>
internal sealed record ValidatePostResponse(
    bool IsValid, IReadOnlyList<CheckedVariant> Targets, IReadOnlyList<FieldError> Errors, IReadOnlyList<NearDuplicate> Duplicates);

/// <summary>
/// <c>POST /api/posts/validate</c>: what the platforms, and the guard against near-duplicates, would say to a post. It makes nothing.
/// </summary>
internal sealed class ValidatePost(NpgsqlDataSource dataSource, DuplicateGuard guard, TimeProvider timeProvider)
    : Endpoint<ValidatePostBody, Ok<ValidatePostResponse>>
{
    public override void Configure()
    {
        Post("/api/posts/validate");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Posts", "Ask what platforms would say to a post")
            .Example("""{"content": {"text": "Our spring sale begins on Monday.", "platforms": {"x": {"text": "Spring sale: Monday."}}}}""")
            .Produces<ValidatePostResponse>().Refuses(400, 401, 403, 413, 415, 429, 503));
    }

    public override async Task<Ok<ValidatePostResponse>> ExecuteAsync(ValidatePostBody body, CancellationToken ct)
    {
        var (userId, now) = (HttpContext.Caller().UserId, timeProvider.GetUtcNow());
        var post = new NewPost(Guid.CreateVersion7(now), body.Content!.ToContent(), body.Targets?.ToTargets() ?? new())
        {
            ScheduledAt = body.ScheduledAt,
        };
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        // what it locks it lets go: nothing is committed
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var resolved = await PostResolution.ResolveAsync(transaction, userId, [post], ct);
        var accounts = resolved.Targets is [var found] ? found : [];
        // nobody's account: what is asked of the platform itself
        var variants = PostCheck.Of(
            post.Content,
            post.Targets.IsEmpty ? SocialPlatforms.All.Keys.Select(platform => new TargetAccount(Guid.Empty, platform)) : accounts,
            resolved.Media);
        var duplicates = body.AllowDuplicates is true || resolved.Errors.Count > 0
            ? []
            : await guard.FindAsync(transaction, userId, DuplicateGuard.TextsOf(resolved, now), ct);
        return TypedResults.Ok(new ValidatePostResponse(
            resolved.Errors.Count == 0 && duplicates.Count == 0 && variants.All(variant => variant.Problems.Count == 0),
            variants, [.. resolved.Errors.Select(error => new FieldError(error.Field, error.Message))], duplicates));
    }
}
