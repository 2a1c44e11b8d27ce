using System.CommandLine;
using Switchboard.Load.Api;

namespace Switchboard.Load.Notify.NotifyApi;

/// <summary>The command <c>notify-api</c>.</summary>
internal static class NotifyApiCommand
{
    public static Command Create()
    {
        var recipients = LoadCommand.Number("--recipients", "How many recipients there are.", 1_000_000, 1_000, 10_000_000);
        var notifications = LoadCommand.Number("--notifications", "How many notifications they got.", 5_000_000, 10_000, 100_000_000);
        var shared = new ApiArguments();
        var command = new Command(
            "notify-api",
            "Makes ten users, one of them with most of the recipients and notifications, by SQL, and asks for recipients, notifications, "
            + "requests, preferences, topics and inboxes, and makes and changes them, at a given rate. "
            + "Prints the times of each kind of request. Exit code 1 when a request failed, 2 when the load could not run.")
        {
            recipients, notifications,
        };
        shared.AddTo(command);
        command.SetAction((parsed, cancellationToken) => LoadCommand.RunAsync(
            progress => new NotifyApiScenario(
                shared.Read(parsed), parsed.GetValue(recipients), parsed.GetValue(notifications), progress, TimeProvider.System)
                .RunAsync(cancellationToken),
            ApiJson.Default.ApiReport,
            report => report.IsFine));
        return command;
    }
}
