// Copies the address of a listing. Without script it can be selected by hand.
(function () {
  var box = document.querySelector('.share'), link = box.querySelector('input'), button = box.querySelector('button')
  link.onfocus = function () { link.select() }
  button.hidden = false
  button.onclick = function () {
    link.focus()
    link.setSelectionRange(0, link.value.length)
    var done = function () { button.textContent = button.getAttribute('data-copied') }
    if (document.execCommand('copy')) done()
    else if (navigator.clipboard) navigator.clipboard.writeText(link.value).then(done)
  }
})()
