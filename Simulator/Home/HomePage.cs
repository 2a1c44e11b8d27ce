namespace Switchboard.Simulator.Home;

/// <summary><c>GET /</c>: what the simulator does and how to make it do it.</summary>
internal static class HomePage
{
    public static void MapHome(this WebApplication app) =>
        app.MapGet("/", () => Results.Stream(typeof(HomePage).Assembly.GetManifestResourceStream("index.html")!, "text/html; charset=utf-8"));
}
