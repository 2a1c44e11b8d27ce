using Switchboard.Analytics.Worker;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddStores();
builder.AddAnalyticsJobs();

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
