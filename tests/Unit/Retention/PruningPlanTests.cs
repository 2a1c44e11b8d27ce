using System.ComponentModel.DataAnnotations;
using Switchboard.Analytics.Worker.Retention;

namespace Switchboard.Tests.Unit.Retention;

public sealed class PruningPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_kept_for_ever_has_no_step()
    {
        var tables = Tables(new RetentionOptions { NotificationDays = 0, NotificationBodyDays = 0, AttemptDays = 0, DeadJobDays = 0 });

        tables.ShouldNotContain("notifications");
        tables.ShouldNotContain("notification_attempts");
        tables.ShouldNotContain("dead_jobs");
        tables.ShouldContain("emails");
    }

    [Theory]
    [InlineData(90, 30, 30)]
    [InlineData(30, 90, 30)]
    [InlineData(0, 30, 30)]
    [InlineData(30, 0, 30)]
    public void Attempts_are_not_kept_longer_than_their_notifications(int attemptDays, int notificationDays, int days) =>
        PruningPlan.At(Now, new RetentionOptions { AttemptDays = attemptDays, NotificationDays = notificationDays })
            .Single(step => step.Table == "notification_attempts").Limit.ShouldBe(PruningPlan.FirstIdAt(Now.AddDays(-days)));

    [Fact]
    public void Attempts_go_before_their_notifications()
    {
        var tables = Tables(new RetentionOptions { NotificationDays = 30, NotificationBodyDays = 0 });

        tables.IndexOf("notification_attempts").ShouldBeLessThan(tables.IndexOf("notifications"));
    }

    [Fact]
    public void Accepted_SMS_stay_as_long_as_their_items_which_go_where_their_files_are()
    {
        var steps = PruningPlan.At(Now, new RetentionOptions { RefusedTextDays = 30, TextDays = 300 });

        steps.Single(step => step.Sql.Contains("outcome <> 'accepted'", StringComparison.Ordinal)).Limit.ShouldBe(Now.AddDays(-30));
        var accepted = steps.Single(step => step.Sql.Contains("outcome = 'accepted'", StringComparison.Ordinal));
        accepted.Limit.ShouldBe(Now.AddDays(-300));
        accepted.Sql.ShouldContain("NOT EXISTS (SELECT FROM enrichment_items");
        steps.ShouldNotContain(step => step.Table == "enrichment_items");
    }

    [Fact]
    public void Nothing_is_kept_for_ever_unless_it_is_asked_for_and_bodies_go_first()
    {
        var defaults = new RetentionOptions();

        typeof(RetentionOptions).GetProperties().Where(option => option.Name.EndsWith("Days", StringComparison.Ordinal))
            .Where(option => (int)option.GetValue(defaults)! == 0).Select(option => option.Name).ShouldBeEmpty();
        defaults.NotificationBodyDays.ShouldBeLessThan(defaults.NotificationDays);
    }

    [Fact]
    public void Answers_to_unknown_numbers_are_kept_for_two_days() =>
        PruningPlan.At(Now, new RetentionOptions()).Single(step => step.Table == "sms_replies").Limit.ShouldBe(Now.AddDays(-2));

    [Fact]
    public void What_changed_an_opt_out_is_known_for_longer_than_it_comes_again() =>
        PruningPlan.At(Now, new RetentionOptions()).Single(step => step.Table == "sms_opt_changes").Limit.ShouldBe(Now.AddDays(-30));

    [Fact]
    public void Mails_that_answer_something_stay_as_long_as_what_they_answer()
    {
        var step = PruningPlan.At(Now, new RetentionOptions()).Single(step => step.Table == "received_emails");

        step.Sql.ShouldContain("tracked_email_id IS NULL");
        step.Limit.ShouldBe(Now.AddDays(-35));
        var tracked = PruningPlan.At(Now, new RetentionOptions()).Single(step => step.Table == "tracked_emails");
        tracked.Limit.ShouldBe(PruningPlan.FirstIdAt(Now.AddDays(-730)));
        tracked.Sql.ShouldContain("DELETE FROM received_emails WHERE tracked_email_id IN");
    }

    [Fact]
    public void A_sync_that_is_not_at_its_end_stays_however_old_it_is()
    {
        var step = PruningPlan.At(Now, new RetentionOptions { MailSyncDays = 30 }).Single(step => step.Table == "mail_syncs");

        step.Sql.ShouldContain("finished_at IS NOT NULL");
        step.Limit.ShouldBe(PruningPlan.FirstIdAt(Now.AddDays(-30)));
    }

    [Fact]
    public void What_was_asked_for_and_what_nobody_came_back_to_goes_in_its_time()
    {
        var steps = PruningPlan.At(Now, new RetentionOptions());

        steps.Single(step => step.Table == "tracking_requests").Limit.ShouldBe(PruningPlan.FirstIdAt(Now.AddDays(-90)));
        steps.Single(step => step.Table == "account_connections").Limit.ShouldBe(Now.AddDays(-1));
    }

    [Fact]
    public void The_first_id_of_a_time_is_above_all_ids_before_and_below_all_from_then_on()
    {
        var bound = PruningPlan.FirstIdAt(Now);

        Guid.CreateVersion7(Now.AddMilliseconds(-1)).ShouldBeLessThan(bound);
        Guid.CreateVersion7(Now).ShouldBeGreaterThan(bound);
    }

    [Fact]
    public void The_defaults_are_valid()
    {
        var defaults = new RetentionOptions();

        Validator.TryValidateObject(defaults, new ValidationContext(defaults), null, validateAllProperties: true).ShouldBeTrue();
    }

    private static List<string> Tables(RetentionOptions options) => [.. PruningPlan.At(Now, options).Select(step => step.Table)];
}
