using System.CommandLine;
using Switchboard.Load.Api;

namespace Switchboard.Load.Social.SocialApi;

/// <summary>The command <c>social-api</c>.</summary>
internal static class SocialApiCommand
{
    public static Command Create()
    {
        var accounts = LoadCommand.Number("--accounts", "How many social accounts there are.", 50_000, 1_000, 1_000_000);
        var posts = LoadCommand.Number("--posts", "How many posts they have.", 1_000_000, 10_000, 100_000_000);
        var shared = new ApiArguments();
        var command = new Command(
            "social-api",
            "Makes ten users, one of them with most of the accounts and posts, by SQL, and asks for posts, accounts, health, groups, "
            + "schedules and the calendar, and makes, changes, cancels and publishes posts, at a given rate. "
            + "Prints the times of each kind of request. Exit code 1 when a request failed, 2 when the load could not run.")
        {
            accounts, posts,
        };
        shared.AddTo(command);
        command.SetAction((parsed, cancellationToken) => LoadCommand.RunAsync(
            progress => new SocialApiScenario(
                shared.Read(parsed), parsed.GetValue(accounts), parsed.GetValue(posts), progress, TimeProvider.System)
                .RunAsync(cancellationToken),
            ApiJson.Default.ApiReport,
            report => report.IsFine));
        return command;
    }
}
