// Without scripts every form works by its button. With them a form with data-answers is answered while it is changed: the parts of
// the page with data-live are replaced by those of the answer, so that the focus stays where it is.
let asked = 0
const answer = async (form) => {
  const turn = ++asked
  const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''))
  const get = form.getAttribute('method') === 'get'
  const address = form.getAttribute('action') + (get && `${given}` ? `?${given}` : '')
  const response = await fetch(address, get ? {} : {method: 'post', body: given})
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  if (turn !== asked || !page.querySelector('[data-live]')) return
  for (const part of document.querySelectorAll('[data-live]')) {
    const now = page.getElementById(part.id)
    part.replaceChildren(...(now ? now.childNodes : []))
  }
  if (get) history.replaceState(null, '', address)
}
let waiting = 0
const soon = (form, milliseconds) => {
  clearTimeout(waiting)
  waiting = setTimeout(() => answer(form), milliseconds)
}
for (const form of document.querySelectorAll('form[data-answers]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    soon(form, 0)
  })
  form.addEventListener('input', (event) => soon(form, event.target.matches('textarea') ? 700 : 200))
}
// Sliders beside the fields of figures: the middle is the value in force, each end one as far away again.
for (const slider of document.querySelectorAll('input[type=range]')) {
  const field = slider.previousElementSibling
  const base = Number(slider.dataset.base)
  const follow = () => {
    const value = Number(field.value)
    slider.value = field.value === '' || Number.isNaN(value) ? 0 : Math.round((value / base - 1) * 100)
    slider.setAttribute('aria-valuetext', field.value || slider.dataset.now)
  }
  slider.hidden = false
  follow()
  field.addEventListener('input', follow)
  slider.addEventListener('input', () => {
    const value = base * (1 + Number(slider.value) / 100)
    field.value = slider.value === '0' ? '' : String(Number(value.toPrecision(6)))
    slider.setAttribute('aria-valuetext', field.value || slider.dataset.now)
  })
}
// A file that is dropped anywhere on the page of its form is sent.
for (const file of document.querySelectorAll('input[type=file]')) {
  addEventListener('dragover', (event) => event.preventDefault())
  addEventListener('drop', (event) => {
    event.preventDefault()
    if (!event.dataTransfer.files.length) return
    file.files = event.dataTransfer.files
    file.form.requestSubmit()
  })
}
