using FluentValidation;
using FluentValidation.Results;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Social.Posts;
using Switchboard.Core.Social.Scheduling;
using Switchboard.Edge.Api.Notifications.Recipients;
using Switchboard.Edge.Api.Social.Posts;

namespace Switchboard.Edge.Api.Social.Schedules;

/// <summary>A schedule: slots for a queue of posts, or one content that recurs.</summary>
internal abstract class ScheduleRequest
{
    public string? Name { get; init; }

    /// <summary>The zone of its times, by IANA's name: Europe/Berlin.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Times of each week, which posts of its queue go out at; instead of recurrence.</summary>
    public IReadOnlyList<SlotRequest?>? Slots { get; init; }

    /// <summary>When the content goes out again and again; instead of slots.</summary>
    public RecurrenceRequest? Recurrence { get; init; }

    /// <summary>What recurs; as of a post.</summary>
    public PostContentBody? Content { get; init; }

    /// <summary>Where it goes; as of a post.</summary>
    public PostTargetsBody? Targets { get; init; }

    /// <summary>What becomes of occurrences that were missed: skip (if left out) or once.</summary>
    public string? Missed { get; init; }
}

/// <summary>A time of each week.</summary>
internal sealed class SlotRequest
{
    /// <summary>monday to sunday.</summary>
    public string? Day { get; init; }

    /// <summary>Such as 09:30.</summary>
    public string? Time { get; init; }

    /// <summary>As it is stored; it was validated.</summary>
    public WeeklySlot ToSlot() => new(Enum.Parse<DayOfWeek>(Day!, ignoreCase: true), Minute.Parse(Time)!.Value);
}

/// <summary>Every so many units from a start.</summary>
internal sealed class RecurrenceRequest
{
    /// <summary>The first occurrence. Of days and weeks, the others have the same time of the day in the zone.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>How many units there are between two.</summary>
    public int? Every { get; init; }

    /// <summary>hours, days or weeks.</summary>
    public string? Unit { get; init; }

    /// <summary>The last time that it may have.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>How many occurrences there are, those that were missed included.</summary>
    public int? Count { get; init; }

    /// <summary>As it is stored; it was validated.</summary>
    public Recurrence ToRecurrence() => new(
        Start!.Value.ToStorable(), Every!.Value, Enum.Parse<RecurrenceUnit>(Unit!, ignoreCase: true), Until?.ToStorable(), Count);
}

/// <summary>A new schedule.</summary>
internal sealed class CreateScheduleRequest : ScheduleRequest
{
    /// <summary>It as it is stored, without its next occurrence; it was validated.</summary>
    public Schedule ToSchedule(Guid userId, DateTimeOffset now) => new(
        Guid.CreateVersion7(now), userId, Name!.Trim(), LocalTimes.FindZone(TimeZone)!.Id, ScheduleRules.Slots(Slots),
        Recurrence?.ToRecurrence(), Content?.ToContent(), Targets?.ToTargets() ?? new(), Missed ?? MissedPolicy.Skip, false, null, 0, null,
        1, now, now);
}

/// <summary>What of a schedule to change: what is left out stays. Slots do not become a recurrence, or the other way round.</summary>
internal sealed class ChangeScheduleRequest : ScheduleRequest
{
    /// <summary>The schedule with what is changed; it was validated.</summary>
    public Schedule ApplyTo(Schedule schedule) => schedule with
    {
        Name = Name?.Trim() ?? schedule.Name,
        TimeZone = TimeZone is null ? schedule.TimeZone : LocalTimes.FindZone(TimeZone)!.Id,
        Slots = ScheduleRules.Slots(Slots) ?? schedule.Slots,
        Recurrence = Recurrence?.ToRecurrence() ?? schedule.Recurrence,
        Content = Content?.ToContent() ?? schedule.Content,
        Targets = Targets?.ToTargets() ?? schedule.Targets,
        Missed = Missed ?? schedule.Missed,
    };
}

/// <summary>What holds for new and for changed schedules.</summary>
internal abstract class ScheduleValidator<TRequest> : Validator<TRequest>
    where TRequest : ScheduleRequest
{
    protected ScheduleValidator()
    {
        RuleFor(request => request.Name).Visible().Text(ScheduleRules.MaxName).When(request => request.Name is not null);
        RuleFor(request => request.TimeZone)
            .Must(zone => LocalTimes.FindZone(zone) is not null).When(request => request.TimeZone is not null)
            .WithMessage(RecipientRules.NoZone);
        RuleFor(request => request.Slots).Must(slots => slots is { Count: > 0 and <= ScheduleRules.MaxSlots })
            .When(request => request.Slots is not null).WithMessage($"It must have 1 to {ScheduleRules.MaxSlots} slots.");
        RuleForEach(request => request.Slots).Custom((slot, context) =>
        {
            if (!ScheduleRules.Days.Contains(slot?.Day))
                context.AddFailure("Day", $"It must be one of {string.Join(", ", ScheduleRules.Days)}.");
            if (Minute.Parse(slot?.Time) is null)
                context.AddFailure("Time", "It must be a time of the day such as 09:30.");
        });
        RuleFor(request => request.Recurrence).Custom((recurrence, context) =>
        {
            foreach (var (field, error) in recurrence is null ? [] : ScheduleRules.ErrorsOf(recurrence))
                context.AddFailure($"Recurrence.{field}", error);
        });
        RuleFor(request => request.Content).Custom((content, context) =>
        {
            foreach (var (field, error) in content is null ? [] : PostFieldsValidator<PostBody>.ErrorsOf(content))
                context.AddFailure(new ValidationFailure($"Content.{field}", error));
        });
        RuleFor(request => request.Targets)
            .Must(targets => targets is null || (targets.Accounts?.Count ?? 0) + (targets.Groups?.Count ?? 0) <= PostResolution.MaxTargets)
            .WithMessage($"It has more than {PostResolution.MaxTargets} entries, which are the most.");
        RuleFor(request => request.Missed).OneOf(MissedPolicy.All).When(request => request.Missed is not null);
    }
}

internal sealed class CreateScheduleValidator : ScheduleValidator<CreateScheduleRequest>
{
    public CreateScheduleValidator()
    {
        RuleFor(request => request.Name).NotNull();
        RuleFor(request => request.TimeZone).NotNull();
        RuleFor(request => request).Must(request => request.Slots is null != request.Recurrence is null)
            .OverridePropertyName("$").WithMessage("It must have either slots or a recurrence.");
        RuleFor(request => request.Content).NotNull().When(request => request.Recurrence is not null)
            .WithMessage("A recurrence needs the content that recurs.");
        RuleFor(request => request.Targets).Must(targets => targets?.ToTargets().IsEmpty is false)
            .When(request => request.Recurrence is not null)
            .WithMessage("A recurrence needs accounts or groups to go to.");
        RuleFor(request => request).Must(request => request.Content is null && request.Targets is null)
            .When(request => request.Slots is not null)
            .OverridePropertyName("$").WithMessage("Slots have no content and targets of their own: each post of the queue has.");
    }
}

internal sealed class ChangeScheduleValidator : ScheduleValidator<ChangeScheduleRequest>
{
    public ChangeScheduleValidator() => RuleFor(request => request)
        .Must(request => request.Name is not null || request.TimeZone is not null || request.Slots is not null
            || request.Recurrence is not null || request.Content is not null || request.Targets is not null || request.Missed is not null)
        .OverridePropertyName("$")
        .WithMessage("It must say name, timeZone, slots, recurrence, content, targets or missed.");
}
