using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Aspire.Hosting.Terminal;

/// <summary>The table of resources: state, address, process.</summary>
internal static class StatusTable
{
    private const int PlainWidth = 110;

    /// <summary>The table without colours, for another terminal or a file.</summary>
    public static string Text(ResourceNotificationService notifications, DistributedApplicationModel model)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = PlainWidth;
        console.Write(Build(notifications, model));
        return text.ToString().TrimEnd();
    }

    public static IRenderable Build(ResourceNotificationService notifications, DistributedApplicationModel model)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Resource", "State", "Address", "Pid");
        foreach (var id in model.Resources.Where(resource => resource is not IResourceWithoutLifetime).SelectMany(resource => resource.GetInstanceNames()))
        {
            if (!notifications.TryGetCurrentState(id, out var current) || current.Snapshot.IsHidden) continue;
            table.AddRow(new Markup(Markup.Escape(id)), new Markup(StateOf(current.Snapshot)), new Text(AddressOf(current.Snapshot)), new Text(PidOf(current.Snapshot)));
        }

        return table;
    }

    private static string StateOf(CustomResourceSnapshot snapshot)
    {
        var text = snapshot.State?.Text ?? "Unknown";
        if (text == KnownResourceStates.Running && snapshot.HealthStatus != Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy)
            return "[yellow]Running (Unhealthy)[/]";
        if (snapshot.ExitCode is { } exitCode and not 0) return $"[red]{text} ({exitCode})[/]";
        if (text == KnownResourceStates.Waiting)
        {
            var names = snapshot.Properties.FirstOrDefault(property => property.Name == KnownProperties.WaitingFor)?.Value as string[] ?? [];
            return $"[yellow]Waiting for {Markup.Escape(string.Join(", ", names))}[/]";
        }

        var colour = text == KnownResourceStates.Running ? "green"
            : text == KnownResourceStates.Finished ? "grey"
            : text == KnownResourceStates.Exited || text == KnownResourceStates.FailedToStart ? "red"
            : "yellow";
        return $"[{colour}]{text}[/]";
    }

    private static string AddressOf(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.Running ? string.Join(" ", snapshot.Urls.Select(url => url.Url)) : "";

    private static string PidOf(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == KnownProperties.ExecutablePid)?.Value?.ToString() ?? "";
}
